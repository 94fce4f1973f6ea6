#include "compiler/service_judgement.hpp"

#include "compiler/front_doors.hpp"
#include "compiler/sort_unique.hpp"

#include <map>
#include <tuple>
#include <utility>

namespace nodewall::compiler {

namespace {

using ports = std::vector<const model::service_port*>;

traffic traffic_through(const model::layout::door& door, const model::service_object& service) {
    return service.local_traffic_only && door.what != model::layout::door_class::clusterip
               ? traffic::local
               : traffic::cluster;
}

std::shared_ptr<const judged_door::judgement> judge(const model::service_object& service,
                                                    const ports& to, model::family f, traffic t,
                                                    state_reader& reader,
                                                    const model::gate_settings& s) {
    std::vector<backend> backends;
    for (const auto* port : to) {
        const auto more = backends_of(service, *port, f, reader, s.node_name);
        backends.insert(backends.end(), more.begin(), more.end());
    }
    sort_unique(backends);
    auto verdict = judge_door(backends, t, f, reader);
    return std::make_shared<const judged_door::judgement>(
        judged_door::judgement{std::move(backends), std::move(verdict)});
}

} // namespace

std::vector<judged_door> judge_service(const model::service_object& service, state_reader& reader,
                                       const model::gate_settings& s) {
    std::map<std::tuple<ports, model::family, traffic>,
             std::shared_ptr<const judged_door::judgement>>
        known;
    std::vector<judged_door> doors;
    for (const auto& [door, to] : front_doors_of(service)) {
        const auto t = traffic_through(door, service);
        auto& shared = known[std::tuple(to, door.fam, t)];
        if (!shared)
            shared = judge(service, to, door.fam, t, reader, s);
        doors.push_back({door, shared});
    }
    return doors;
}

} // namespace nodewall::compiler
