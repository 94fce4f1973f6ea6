#include "model/address.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <utility>

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

/// Ranges in ascending order of their first addresses to disjoint ones that do not touch.
address_set::range_list address_set::united(range_list sorted) {
    range_list out;
    out.reserve(sorted.size());
    for (const auto& r : sorted) {
        const auto behind = out.empty() ? std::nullopt : neighbour(out.back().last, true);
        // No address behind the last one: it reaches to the family's end.
        if (out.empty() || (behind && r.first > *behind))
            out.push_back(r);
        else
            out.back().last = std::max(out.back().last, r.last);
    }
    return out;
}

address_set address_set::of(family f, std::vector<cidr> blocks) {
    range_list ranges;
    ranges.reserve(blocks.size());
    for (const auto& block : blocks)
        if (block.fam() == f)
            ranges.push_back({block.address, block.last()});
    std::ranges::sort(ranges, {}, &range::first);
    address_set all(f);
    all.ranges_ = united(std::move(ranges));
    return all;
}

address_set address_set::of(family f, const std::vector<ip_block>& blocks) {
    range_list ranges;
    for (const auto& [block, except] : blocks) {
        if (block.fam() != f)
            continue;
        if (except.empty()) {
            ranges.push_back({block.address, block.last()});
            continue;
        }
        auto part = of(f, std::vector{block});
        part.remove(of(f, except));
        ranges.insert(ranges.end(), part.ranges_.begin(), part.ranges_.end());
    }
    std::ranges::sort(ranges, {}, &range::first);
    address_set all(f);
    all.ranges_ = united(std::move(ranges));
    return all;
}

void address_set::add(const cidr& block) {
    if (block.fam() == family_)
        add(of(family_, {block}));
}

void address_set::add(const address_set& other) {
    if (other.family_ != family_ || other.empty())
        return;
    range_list all;
    all.reserve(ranges_.size() + other.ranges_.size());
    std::ranges::merge(ranges_, other.ranges_, std::back_inserter(all), {}, &range::first,
                       &range::first);
    ranges_ = united(std::move(all));
}

void address_set::remove(const cidr& block) {
    if (block.fam() == family_)
        remove(of(family_, {block}));
}

void address_set::remove(const address_set& other) {
    if (other.family_ != family_ || other.empty())
        return;
    range_list kept;
    auto out = other.ranges_.begin(); // the first that may still reach into what follows
    for (auto r : ranges_) {
        while (out != other.ranges_.end() && out->last < r.first)
            ++out;
        bool gone = false;
        for (auto at = out; at != other.ranges_.end() && at->first <= r.last; ++at) {
            if (r.first < at->first)
                kept.push_back({r.first, *neighbour(at->first, false)});
            const auto next = neighbour(at->last, true);
            gone = !next || at->last >= r.last;
            if (gone)
                break;
            r.first = *next;
        }
        if (!gone)
            kept.push_back(r);
    }
    ranges_ = std::move(kept);
}

bool address_set::contains(const ip_address& a) const {
    if (a.fam() != family_)
        return false;
    const auto behind = std::ranges::upper_bound(ranges_, a, {}, &range::first);
    return behind != ranges_.begin() && a <= std::prev(behind)->last;
}

bool address_set::everything() const {
    return ranges_.size() == 1 && ranges_[0].first == ip_address::zero(family_) &&
           ranges_[0].last == cidr::everything(family_).last();
}

std::vector<cidr> address_set::blocks() const {
    std::vector<cidr> blocks;
    for (const auto& r : ranges_) {
        for (std::optional<ip_address> at = r.first; at && *at <= r.last;) {
            // The largest block that begins here and ends within the range.
            unsigned prefix = address_bits(family_);
            while (prefix > 0) {
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
