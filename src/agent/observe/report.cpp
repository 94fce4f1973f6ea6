#include "agent/observe/report.hpp"

#include <fmt/core.h>

namespace nodewall::agent {

std::vector<std::string> not_ready_because(const service_report& r) {
    std::vector<std::string> reasons;
    if (!r.applied.enforcing)
        reasons.emplace_back("nothing has been applied to the kernel yet");
    if (!r.applied.last_error.empty())
        reasons.push_back("apply: " + r.applied.last_error);
    if (!r.log.last_error.empty())
        reasons.push_back("log: " + r.log.last_error);
    if (!r.rulesets.last_error.empty())
        reasons.push_back("ruleset: " + r.rulesets.last_error);
    reasons.insert(reasons.end(), r.stuck.begin(), r.stuck.end());
    if (!r.gate.empty())
        reasons.push_back("gate: nothing new is applied " + r.gate);
    else if (!r.rulesets.caught_up_seq)
        reasons.emplace_back("ruleset: what the streams brought is not compiled yet");
    else if (r.applied.applied_seq < *r.rulesets.caught_up_seq)
        reasons.push_back(fmt::format("apply: seq {}, with what the streams brought, is not in the "
                                      "kernel yet",
                                      *r.rulesets.caught_up_seq));
    for (const auto& s : r.streams) {
        if (s.caught_up || !s.expected)
            continue;
        auto reason = fmt::format("stream {}: {}", s.stream, s.state);
        if (!s.last_error.empty())
            reason += " (" + s.last_error + ")";
        reasons.push_back(std::move(reason));
    }
    if (!r.node_known)
        reasons.push_back(fmt::format(
            "the cluster has no Node named '{}': set --node or NODE_NAME to this node's name",
            r.node));
    return reasons;
}

} // namespace nodewall::agent
