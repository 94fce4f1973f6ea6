#include "agent/stages/agent_events.hpp"

#include "compiler/compiler.hpp"
#include "model/event.hpp"

#include <boost/json.hpp>
#include <unistd.h>

namespace nodewall::agent {

namespace {

namespace json = boost::json;

model::agent_event event_of(std::string_view type, const json::object& body) {
    return {std::string(type), json::serialize(body), {}};
}

json::array remarks_of(const applier::applied& a) {
    return json::array(a.remarks.begin(), a.remarks.end());
}

} // namespace

model::agent_event started_event(std::string_view node) {
    return event_of(model::event_type::started, {{"version", NODEWALL_VERSION},
                                                 {"compiler", compiler::compiler_version},
                                                 {"pid", getpid()},
                                                 {"node", node}});
}

model::agent_event stopped_event(std::string_view reason) {
    return event_of(model::event_type::stopped, {{"reason", reason}});
}

model::agent_event applied_event(const applier::applied& done, std::string_view digest,
                                 std::string_view node, std::chrono::nanoseconds took) {
    json::object body(
        {{"seq", done.seq},
         {"digest", digest},
         {"node", node},
         {"rules", done.ruleset->rule_count()},
         {"members", done.ruleset->member_count()},
         {"commits", done.commits},
         {"changed", done.members_changed},
         {"duration_us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
         {"outcome", "applied"},
         {"remarks", remarks_of(done)}});
    if (!done.refused_units.empty())
        body["setApart"] = json::array(done.refused_units.begin(), done.refused_units.end());
    return event_of(model::event_type::applied, body);
}

model::agent_event drifted_event(const applier::applied& found) {
    return event_of(model::event_type::drifted, {{"seq", found.seq},
                                                 {"steps", found.steps},
                                                 {"changed", found.members_changed},
                                                 {"remarks", remarks_of(found)}});
}

} // namespace nodewall::agent
