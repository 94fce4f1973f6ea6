#include "netfilter/iptables/plan/instances.hpp"

#include "netfilter/iptables/plan/assignment.hpp"

#include <algorithm>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

/// A port as a member: with every address, in two halves.
std::vector<set_member> members_of_ports(const std::vector<ruleset::key>& keys, model::family f) {
    std::vector<set_member> members;
    for (const auto& key : keys)
        for (const auto& half : to_nets({model::cidr::everything(f)}))
            members.push_back({.net = half, .proto = key.proto, .port = key.port});
    return members;
}

} // namespace

set_definition definition_of(const ruleset::set& set, std::string name) {
    return {.name = std::move(name), .type = type_of_set(set.name), .fam = set.fam};
}

std::string unit_alone(model::family f, const std::string& set) {
    const auto what = ruleset::purpose_of(set);
    const bool of_decisions =
        what == ruleset::purpose::blocks ||
        (what == ruleset::purpose::peers && set != every_pod_set(f)); // which all slots' rules ask
    return of_decisions ? ruleset::set_unit_name(f, set) : std::string();
}

std::vector<set_member> members_of_keys(const std::string& set,
                                        const std::vector<ruleset::key>& keys) {
    if (type_of_set(set) == set_type::hash_net_port)
        return members_of_ports(keys, family_in_name(set).value_or(model::family::ipv4));
    std::vector<model::cidr> blocks;
    blocks.reserve(keys.size());
    for (const auto& key : keys)
        blocks.push_back(key.block);
    return members_of_nets(type_of_set(set) == set_type::hash_net ? to_nets(blocks) : blocks);
}

std::optional<set_definition> current_instance(const image& i, const std::string& set) {
    const auto at = i.instances.find(set);
    if (at == i.instances.end())
        return std::nullopt;
    return set_definition{.name = at->second, .type = type_of_set(set), .fam = i.fam};
}

void new_instances::add(const ruleset::set& set, std::vector<ruleset::key> members) {
    const auto current = image_.instances.find(set.name);
    const auto is_taken = [&](const std::string& name) {
        return image_.is_left_over(name) ||
               (current != image_.instances.end() && current->second == name);
    };
    unsigned generation = 0;
    auto name = instance_name(set.name, generation);
    while (is_taken(name))
        name = instance_name(set.name, ++generation);
    made_.insert_or_assign(set.name, made{.definition = definition_of(set, std::move(name)),
                                          .members = members_of_keys(set.name, members)});
}

std::string new_instances::name_of(const std::string& set) const {
    if (const auto at = made_.find(set); at != made_.end())
        return at->second.definition.name;
    const auto at = image_.instances.find(set);
    return at == image_.instances.end() ? set : at->second;
}

void new_instances::prepare(std::vector<step>& steps) const {
    for (const auto& [set, made] : made_) {
        const auto unit = unit_alone(image_.fam, set);
        steps.push_back({.what = create_set{made.definition},
                         .means = {set_stands{made.definition}},
                         .unit = unit});
        if (!made.members.empty())
            steps.push_back(
                {.what = add_members{made.definition, made.members}, .means = {}, .unit = unit});
    }
}

void new_instances::adopt(std::vector<image_change>& changes) const {
    for (const auto& [set, made] : made_)
        changes.emplace_back(instance_is{.set = set, .instance = made.definition.name});
}

} // namespace nodewall::netfilter::iptables
