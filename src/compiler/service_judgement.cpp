#include "compiler/service_judgement.hpp"

#include "base/sort_unique.hpp"
#include "compiler/front_doors.hpp"

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

door_backends backends_behind(const model::layout::door& door, const model::service_object& service,
                              const ports& to, state_reader& reader,
                              const model::gate_settings& s) {
    door_backends behind{.all = {}, .judged_as = traffic_through(door, service)};
    for (const auto* port : to) {
        const auto more = backends_of(service, *port, door.fam, reader, s.node_name);
        behind.all.insert(behind.all.end(), more.begin(), more.end());
    }
    sort_unique(behind.all);
    return behind;
}

std::shared_ptr<const judged_door::judgement> judge(std::vector<door_backends> doors,
                                                    model::family f, state_reader& reader) {
    auto verdict = judge_door(doors, f, reader);
    auto backends = std::move(doors.front().all);
    for (std::size_t i = 1; i < doors.size(); ++i)
        backends.insert(backends.end(), doors[i].all.begin(), doors[i].all.end());
    sort_unique(backends);
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
        auto& shared = known[std::tuple(to, door.fam, traffic_through(door, service))];
        if (!shared)
            shared = judge({backends_behind(door, service, to, reader, s)}, door.fam, reader);
        doors.push_back({door, shared});
    }
    return doors;
}

judged_door judge_as_one(const model::layout::door& place, std::span<const claimed_door> met,
                         state_reader& reader, const model::gate_settings& s) {
    std::vector<door_backends> doors;
    for (const auto& [door, service] : met)
        doors.push_back(
            backends_behind(door, *service, front_doors_of(*service).at(door), reader, s));
    return {place, judge(std::move(doors), place.fam, reader)};
}

} // namespace nodewall::compiler
