#include "compiler/door_unit.hpp"

namespace nodewall::compiler {

namespace {

using model::layout::door_class;

std::vector<model::cidr> blocks_of(const door_verdict& verdict) {
    auto blocks = verdict.admitted.blocks;
    if (!verdict.refused)
        blocks.add(model::cidr::everything(verdict.admitted.fam));
    return blocks.blocks();
}

} // namespace

std::shared_ptr<const model::unit> door_unit(const model::layout::door& door,
                                             const door_verdict& verdict,
                                             std::span<const model::object_meta* const> services) {
    const auto refuse = model::layout::door_set(door.what, model::set_role::refuses, door.fam);
    const auto admit = model::layout::door_set(door.what, model::set_role::admits, door.fam);
    model::unit unit;
    unit.name = door.unit_name();
    unit.fam = door.fam;
    unit.member_types = {{refuse.name, refuse.type}, {admit.name, admit.type}};
    unit.members[refuse.name] = model::layout::refusal(door);
    auto& admitted = unit.members[admit.name];
    const auto blocks = blocks_of(verdict);
    admitted.reserve(blocks.size() + verdict.admitted.pods.size());
    for (const auto& block : blocks)
        admitted.push_back(model::layout::admission(door, block));
    if (door.what != door_class::clusterip) // pods pass there by NW-PODS
        for (const auto& pod : verdict.admitted.pods)
            admitted.push_back(model::layout::admission(door, model::cidr::host(pod)));
    for (const auto* service : services)
        unit.causes.push_back({model::kind::service, service->key, service->seq});
    for (const auto* policy : verdict.policies)
        unit.causes.push_back({model::kind::network_policy, policy->id.key, policy->seq});
    return model::seal(std::move(unit));
}

} // namespace nodewall::compiler
