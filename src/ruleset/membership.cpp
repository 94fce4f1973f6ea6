#include "ruleset/membership.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <iterator>

namespace nodewall::ruleset {

std::size_t address_hash::operator()(const model::ip_address& a) const noexcept {
    constexpr std::uint64_t factor = 0x9e3779b97f4a7c15U; // 2^64 by the golden ratio
    std::array<std::uint64_t, 2> halves{};
    std::memcpy(halves.data(), a.data(), a.size());
    return static_cast<std::size_t>((halves[0] * factor) ^ halves[1]);
}

void memberships::add(set_number set, const model::ip_address& address) {
    auto& at = of_address_[address];
    if (at != 0 && nodes_[at].set == set)
        return;
    assert(at == 0 || nodes_[at].set < set);
    const auto key = (std::uint64_t{at} << 32U) | set;
    const auto [child, created] = children_.emplace(key, static_cast<node_number>(nodes_.size()));
    if (created)
        nodes_.push_back({.before = at, .set = set});
    at = child->second;
}

memberships::node_number memberships::find(const model::ip_address& address) const {
    const auto found = of_address_.find(address);
    return found == of_address_.end() ? 0 : found->second;
}

bool memberships::is_in_any(node_number address, std::span<const set_number> sets) const {
    auto left = sets.size();
    while (address != 0 && left > 0) {
        const auto& n = nodes_[address];
        if (n.set == sets[left - 1])
            return true;
        if (n.set > sets[left - 1])
            address = n.before;
        else
            --left;
    }
    return false;
}

block_ranges::block_ranges(std::vector<model::cidr> blocks) {
    std::sort(blocks.begin(), blocks.end());
    for (const auto& block : blocks) {
        const auto last = block.last();
        if (ranges_.empty() || ranges_.back().last < block.address)
            ranges_.push_back({block.address, last});
        else
            ranges_.back().last = std::max(ranges_.back().last, last);
    }
    ranges_.shrink_to_fit();
}

bool block_ranges::contains(const model::ip_address& a) const {
    const auto behind = std::upper_bound(
        ranges_.begin(), ranges_.end(), a,
        [](const model::ip_address& address, const range& r) { return address < r.first; });
    return behind != ranges_.begin() && a <= std::prev(behind)->last;
}

} // namespace nodewall::ruleset
