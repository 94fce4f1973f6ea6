#include "compiler/service_compilation.hpp"

#include "compiler/door_verdict.hpp"
#include "compiler/front_doors.hpp"
#include "compiler/sort_unique.hpp"

#include <map>
#include <tuple>

namespace nodewall::compiler {

namespace {

using model::layout::door_class;

class compilation {
public:
    compilation(const model::service_object& service, state_reader& reader,
                const model::gate_settings& s)
        : service_(service), reader_(reader), settings_(s) {}

    compiled_service run() {
        compiled_service result;
        for (const auto& [door, ports] : front_doors_of(service_)) {
            const auto& verdict = verdict_on(door, ports);
            result.doors.push_back(
                {door, verdict.refused ? model::seal(refusing_unit(door, verdict)) : nullptr});
            if (!verdict.mixed.empty())
                result.findings.push_back(
                    {finding::kind::mixed, describe(door),
                     "Service " + service_.meta.key.to_string() + ": " + verdict.mixed});
        }
        return result;
    }

private:
    using ports = std::vector<const model::service_port*>;

    /// Doors to the same ports share their verdict.
    const door_verdict& verdict_on(const model::layout::door& door, const ports& to) {
        const auto t = service_.local_traffic_only && door.what != door_class::clusterip
                           ? traffic::local
                           : traffic::cluster;
        const auto key = std::tuple(to, door.fam, t);
        const auto known = verdicts_.find(key);
        return known != verdicts_.end()
                   ? known->second
                   : verdicts_.emplace(key, judge(to, door.fam, t)).first->second;
    }

    door_verdict judge(const ports& to, model::family f, traffic t) {
        std::vector<backend> backends;
        for (const auto* port : to) {
            const auto more = backends_of(service_, *port, f, reader_, settings_.node_name);
            backends.insert(backends.end(), more.begin(), more.end());
        }
        sort_unique(backends);
        return judge_door(backends, t, f, reader_);
    }

    model::unit refusing_unit(const model::layout::door& door, const door_verdict& verdict) const {
        const auto refuse = model::layout::door_set(door.what, model::set_role::refuses, door.fam);
        const auto admit = model::layout::door_set(door.what, model::set_role::admits, door.fam);
        model::unit unit;
        unit.name = door.unit_name();
        unit.fam = door.fam;
        unit.member_types = {{refuse.name, refuse.type}, {admit.name, admit.type}};
        unit.members[refuse.name] = model::layout::refusal(door);
        auto& admitted = unit.members[admit.name];
        for (const auto& block : verdict.admitted.blocks.blocks())
            admitted.push_back(model::layout::admission(door, block));
        if (door.what != door_class::clusterip) // pods pass there by NW-PODS
            for (const auto& pod : verdict.admitted.pods)
                admitted.push_back(model::layout::admission(door, model::cidr::host(pod)));
        unit.causes = causes(verdict);
        return unit;
    }

    std::vector<model::cause> causes(const door_verdict& verdict) const {
        std::vector<model::cause> causes{
            {model::kind::service, service_.meta.key, service_.meta.seq}};
        for (const auto* policy : verdict.policies)
            causes.push_back({model::kind::network_policy, policy->key, policy->seq});
        return causes;
    }

    const model::service_object& service_;
    state_reader& reader_;
    const model::gate_settings& settings_;
    std::map<std::tuple<ports, model::family, traffic>, door_verdict> verdicts_;
};

} // namespace

compiled_service compile_service(const model::service_object& service, state_reader& reader,
                                 const model::gate_settings& s) {
    return compilation(service, reader, s).run();
}

} // namespace nodewall::compiler
