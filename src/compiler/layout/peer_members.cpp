#include "compiler/layout/peer_members.hpp"

#include "base/find.hpp"
#include "base/sort_unique.hpp"

namespace nodewall::compiler {

namespace {

/// The addresses of a family that these pods own, ascending, each once.
std::vector<model::ip_address> addresses_of(const model::pod_set& pods,
                                            const model::cluster_state& state, model::family f) {
    const auto& owners = state.resolved.owners;
    std::vector<model::ip_address> addresses;
    // Walking over all owners costs about as much as looking a few of them up.
    constexpr std::size_t walk_part = 8;
    if (pods.size() * walk_part >= owners.size()) {
        for (const auto& [address, owner] : owners)
            if (address.fam() == f && pods.contains(owner))
                addresses.push_back(address);
        return addresses;
    }
    for (const auto* pod : pods)
        for (const auto& address : pod->addresses) {
            const auto owner = owners.find(address);
            if (address.fam() == f && owner != owners.end() && owner->second == pod)
                addresses.push_back(address);
        }
    sort_unique(addresses); // a pod may say one twice
    return addresses;
}

} // namespace

std::map<model::cidr, keys> members_of(const model::cluster_state& state,
                                       const model::pod_query& query, model::family f) {
    std::map<model::cidr, keys> parts;
    const auto* pods = find(state.resolved.queries, query);
    if (pods == nullptr)
        return parts;
    auto part = parts.end();
    for (const auto& address : addresses_of(*pods, state, f)) {
        if (part == parts.end() || !part->first.contains(address))
            part = parts.try_emplace(parts.end(), model::members_block(address));
        part->second.push_back({.block = model::cidr::host(address)});
    }
    return parts;
}

keys members_within(const model::cluster_state& state, const model::pod_query& query,
                    const model::cidr& block) {
    keys found;
    const auto* pods = find(state.resolved.queries, query);
    if (pods == nullptr)
        return found;
    const auto& owners = state.resolved.owners;
    for (auto at = owners.lower_bound(block.address);
         at != owners.end() && block.contains(at->first); ++at)
        if (pods->contains(at->second))
            found.push_back({.block = model::cidr::host(at->first)});
    return found;
}

std::shared_ptr<const ruleset::unit> members_of_blocks(const peer_set& set) {
    ruleset::members members{.set = set.name, .type = set.as_set().type, .keys = {}};
    for (const auto& block : std::get<std::vector<model::cidr>>(set.means))
        members.keys.push_back({.block = block});
    return ruleset::make_unit(set.fam, std::move(members), std::nullopt);
}

} // namespace nodewall::compiler
