#include "compiler/service_compilation.hpp"

#include "compiler/front_doors.hpp"
#include "compiler/service_judgement.hpp"

namespace nodewall::compiler {

namespace {

using model::layout::door_class;

std::vector<model::cause> causes(const model::object_meta& service, const door_verdict& verdict) {
    std::vector<model::cause> causes{{model::kind::service, service.key, service.seq}};
    for (const auto* policy : verdict.policies)
        causes.push_back({model::kind::network_policy, policy->key, policy->seq});
    return causes;
}

model::unit refusing_unit(const model::object_meta& service, const model::layout::door& door,
                          const door_verdict& verdict) {
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
    unit.causes = causes(service, verdict);
    return unit;
}

} // namespace

compiled_service compile_service(const model::service_object& service, state_reader& reader,
                                 const model::gate_settings& s) {
    compiled_service result;
    for (const auto& judged : judge_service(service, reader, s)) {
        const auto& verdict = judged.verdict();
        result.doors.push_back(
            {judged.door, verdict.refused
                              ? model::seal(refusing_unit(service.meta, judged.door, verdict))
                              : nullptr});
        if (!verdict.mixed.empty())
            result.findings.push_back(
                {finding::kind::mixed, describe(judged.door),
                 "Service " + service.meta.key.to_string() + ": " + verdict.mixed});
    }
    return result;
}

} // namespace nodewall::compiler
