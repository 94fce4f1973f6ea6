#include "model/address.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace nodewall::model {

namespace {

/// The address after or before; nothing where there is none.
std::optional<ip_address> neighbour(const ip_address& a, bool up) {
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), a.data(), a.size());
    const std::uint8_t wraps_at = up ? 0xff : 0;
    for (std::size_t i = a.size(); i-- > 0;) {
        const bool carry = bytes[i] == wraps_at;
        bytes[i] = static_cast<std::uint8_t>(up ? bytes[i] + 1 : bytes[i] - 1);
        if (!carry)
            return ip_address::from_raw(a.fam(), bytes.data());
    }
    return std::nullopt;
}

} // namespace

void address_set::add(const cidr& block) {
    if (block.fam() != family_)
        return;
    range merged{block.address, block.last()};
    const auto below = neighbour(merged.first, false);
    const auto above = neighbour(merged.last, true);
    // Everything that overlaps or touches [first, last] becomes one range with it.
    auto from = std::find_if(ranges_.begin(), ranges_.end(), [&](const range& r) {
        return r.last >= merged.first || (below && r.last == *below);
    });
    auto to = std::find_if(from, ranges_.end(), [&](const range& r) {
        return r.first > merged.last && !(above && r.first == *above);
    });
    if (from != to) {
        merged.first = std::min(merged.first, from->first);
        merged.last = std::max(merged.last, std::prev(to)->last);
    }
    ranges_.insert(ranges_.erase(from, to), merged);
}

void address_set::add(const address_set& other) {
    for (const auto& block : other.blocks())
        add(block);
}

void address_set::remove(const cidr& block) {
    if (block.fam() != family_)
        return;
    const auto last = block.last();
    std::vector<range> kept;
    for (const auto& r : ranges_) {
        if (r.last < block.address || r.first > last) {
            kept.push_back(r);
            continue;
        }
        if (r.first < block.address)
            kept.push_back({r.first, *neighbour(block.address, false)});
        if (r.last > last)
            kept.push_back({*neighbour(last, true), r.last});
    }
    ranges_ = std::move(kept);
}

bool address_set::contains(const ip_address& a) const {
    return a.fam() == family_ && std::any_of(ranges_.begin(), ranges_.end(), [&](const range& r) {
               return r.first <= a && a <= r.last;
           });
}

bool address_set::everything() const {
    return ranges_.size() == 1 && ranges_[0].first == ip_address::zero(family_) &&
           ranges_[0].last == cidr::everything(family_).last();
}

std::vector<cidr> address_set::blocks() const {
    std::vector<cidr> blocks;
    for (const auto& r : ranges_) {
        for (std::optional<ip_address> at = r.first; at && *at <= r.last;) {
            // The largest block that begins here, ends within the range and is no /0.
            unsigned prefix = address_bits(family_);
            while (prefix > 1) {
                const auto wider = cidr::of(*at, prefix - 1);
                if (wider.address != *at || wider.last() > r.last)
                    break;
                --prefix;
            }
            blocks.push_back(cidr::of(*at, prefix));
            at = neighbour(blocks.back().last(), true);
        }
    }
    return blocks;
}

} // namespace nodewall::model
