#include "policy/network_policy.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace nodewall::policy {

namespace {

using remarks = std::vector<std::string>;

/// The reason why one of the peer's selectors is not valid; empty where both are.
std::string invalid_selector(const model::policy_peer& peer) {
    for (const auto* selector : {&peer.namespace_selector, &peer.pod_selector})
        if (*selector && !(*selector)->invalid.empty())
            return (*selector)->invalid;
    return {};
}

peers translate_peers(const model::policy_rule& rule, std::string_view policy_namespace,
                      const std::string& where, remarks& remarks) {
    peers from{.any = rule.peers.empty(), .blocks = {}, .pods = {}};
    for (const auto& peer : rule.peers) {
        if (!peer.not_understood.empty())
            remarks.push_back(
                fmt::format("{}: a peer matches nobody: {}", where, peer.not_understood));
        else if (peer.block)
            from.blocks.push_back(*peer.block);
        else if (auto query = model::query_of(peer, policy_namespace))
            from.pods.push_back(std::move(*query));
    }
    return from;
}

port_match translate_port(const model::policy_port& port) {
    port_match match{.proto = port.proto, .name = port.port.name};
    if (port.port.number != 0) {
        match.first = port.port.number;
        match.last = port.end_port != 0 ? port.end_port : port.port.number;
    }
    return match;
}

std::optional<rule> translate_rule(const model::policy_rule& from,
                                   std::string_view policy_namespace, const std::string& where,
                                   remarks& remarks) {
    for (const auto& peer : from.peers)
        if (const auto reason = invalid_selector(peer); !reason.empty()) {
            remarks.push_back(fmt::format("{} admits nobody: {}", where, reason));
            return std::nullopt;
        }
    rule to;
    to.from = translate_peers(from, policy_namespace, where, remarks);
    to.any_port = from.ports.empty();
    for (const auto& port : from.ports) {
        if (port.not_understood.empty())
            to.ports.push_back(translate_port(port));
        else
            remarks.push_back(
                fmt::format("{}: a port matches nothing: {}", where, port.not_understood));
    }
    return to;
}

std::vector<rule> translate_rules(const std::vector<model::policy_rule>& from,
                                  std::string_view policy_namespace, std::string_view direction,
                                  remarks& remarks) {
    std::vector<rule> rules;
    for (std::size_t i = 0; i < from.size(); ++i)
        if (auto rule = translate_rule(from[i], policy_namespace,
                                       fmt::format("{}[{}]", direction, i), remarks)) {
            rule->index = i;
            rules.push_back(std::move(*rule));
        }
    return rules;
}

} // namespace

policy translate(const model::network_policy_object& object) {
    policy to{.key = object.meta.key,
              .seq = object.meta.seq,
              .order = network_policy_order,
              .subject = model::query_of_subject(object),
              .isolates_ingress = object.isolates_ingress,
              .isolates_egress = object.isolates_egress,
              .ingress = {},
              .egress = {},
              .not_understood = {}};
    if (!object.pod_selector.invalid.empty())
        to.not_understood.push_back("selects no pod: " + object.pod_selector.invalid);
    const auto& namespace_ = object.meta.key.namespace_;
    to.ingress = translate_rules(object.ingress, namespace_, "ingress", to.not_understood);
    to.egress = translate_rules(object.egress, namespace_, "egress", to.not_understood);
    return to;
}

} // namespace nodewall::policy
