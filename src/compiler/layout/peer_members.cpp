#include "compiler/layout/peer_members.hpp"

#include "base/sort_unique.hpp"

namespace nodewall::compiler {

namespace {

const model::pod_set* pods_of(const model::cluster_state& state, const model::pod_query& query) {
    const auto at = state.resolved.queries.find(query);
    return at == state.resolved.queries.end() ? nullptr : &at->second;
}

} // namespace

std::map<model::cidr, keys> members_of(const model::cluster_state& state,
                                       const model::pod_query& query, model::family f) {
    std::map<model::cidr, keys> parts;
    const auto* pods = pods_of(state, query);
    if (pods == nullptr)
        return parts;
    std::vector<model::ip_address> addresses;
    addresses.reserve(pods->size());
    for (const auto* pod : *pods)
        for (const auto& address : pod->addresses) {
            const auto owner = state.resolved.owners.find(address);
            if (address.fam() == f && owner != state.resolved.owners.end() && owner->second == pod)
                addresses.push_back(address);
        }
    sort_unique(addresses); // a pod may say one twice
    for (const auto& address : addresses)
        parts[model::members_block(address)].push_back({.block = model::cidr::host(address)});
    return parts;
}

keys members_within(const model::cluster_state& state, const model::pod_query& query,
                    const model::cidr& block) {
    keys found;
    const auto* pods = pods_of(state, query);
    if (pods == nullptr)
        return found;
    const auto& owners = state.resolved.owners;
    for (auto at = owners.lower_bound(block.address);
         at != owners.end() && block.contains(at->first); ++at)
        if (pods->contains(at->second))
            found.push_back({.block = model::cidr::host(at->first)});
    return found;
}

} // namespace nodewall::compiler
