#include "projection/address_owners.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

namespace nodewall::projection {

namespace {

bool yields_to(const model::pod_object* a, const model::pod_object* b) {
    const auto rank = [](const model::pod_object& pod) {
        return std::make_tuple(!pod.meta.terminating, pod.started, std::cref(pod.meta.uid),
                               std::cref(pod.meta.key));
    };
    return rank(*a) < rank(*b);
}

} // namespace

std::set<model::ip_address> address_owners::claims_of(const model::pod_object& content) {
    if (!content.subject_to_policy())
        return {};
    return {content.addresses.begin(), content.addresses.end()};
}

std::vector<address_owners::move> address_owners::update(const model::pod_object* pod,
                                                         const std::set<model::ip_address>& before,
                                                         const std::set<model::ip_address>& after) {
    std::vector<move> moves;
    for (const auto& address : before)
        if (!after.contains(address))
            settle(address, pod, false, moves);
    for (const auto& address : after)
        settle(address, pod, true, moves);
    return moves;
}

void address_owners::settle(const model::ip_address& address, const model::pod_object* pod,
                            bool claims, std::vector<move>& moves) {
    std::vector<const model::pod_object*> claimants;
    const auto owned = owners_.find(address);
    const auto* previous = owned == owners_.end() ? nullptr : owned->second;
    if (previous != nullptr)
        claimants.push_back(previous);
    for (auto at = waiting_.lower_bound(address); at != waiting_.upper_bound(address); ++at)
        claimants.push_back(at->second);
    waiting_.erase(address);
    std::erase(claimants, pod);
    if (claims)
        claimants.push_back(pod);

    const auto best = std::max_element(claimants.begin(), claimants.end(), yields_to);
    const auto* winner = best == claimants.end() ? nullptr : *best;
    for (const auto* claimant : claimants)
        if (claimant != winner)
            waiting_.emplace(address, claimant);
    if (winner == previous)
        return;
    if (winner == nullptr)
        owners_.erase(owned);
    else
        owners_[address] = winner;
    changes_.address_owner(address);
    moves.push_back({address, previous, winner});
}

} // namespace nodewall::projection
