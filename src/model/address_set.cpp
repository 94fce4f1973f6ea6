#include "model/address.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
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

__extension__ using number = unsigned __int128;

number to_number(const ip_address& a) {
    number n = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        n = n << 8U | a.data()[i];
    return n;
}

ip_address to_address(number n, family f) {
    std::array<std::uint8_t, 16> bytes{};
    for (auto i = address_bits(f) / 8; i-- > 0; n >>= 8U)
        bytes[i] = static_cast<std::uint8_t>(n);
    return ip_address::from_raw(f, bytes.data());
}

/// How often 2 divides it; it is not 0.
unsigned twos_in(number n) {
    const auto low = static_cast<std::uint64_t>(n);
    return static_cast<unsigned>(low != 0
                                     ? std::countr_zero(low)
                                     : 64 + std::countr_zero(static_cast<std::uint64_t>(n >> 64U)));
}

/// The exponent of the largest power of 2 within it; it is not 0.
unsigned power_within(number n) {
    const auto high = static_cast<std::uint64_t>(n >> 64U);
    return static_cast<unsigned>(high != 0 ? 63 + std::bit_width(high)
                                           : std::bit_width(static_cast<std::uint64_t>(n)) - 1);
}

/// The fewest blocks from the first to the last address, ascending: each is the largest that begins
/// there and ends within them.
template <class Visit>
void each_block(const ip_address& first, const ip_address& last, Visit visit) {
    const auto f = first.fam();
    const auto bits = address_bits(f);
    if (first == ip_address::zero(f) && last == cidr::everything(f).last())
        return visit(first, 0U);
    const auto end = to_number(last);
    for (auto at = to_number(first);;) {
        const auto fits = power_within(end - at + 1);
        const auto size = at == 0 ? fits : std::min(twos_in(at), fits);
        visit(to_address(at, f), bits - size);
        const auto behind = at + ((number{1} << size) - 1);
        if (behind == end)
            return;
        at = behind + 1;
    }
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
    for (const auto& r : ranges_)
        each_block(r.first, r.last, [&](const ip_address& first, unsigned prefix) {
            blocks.push_back({first, static_cast<std::uint8_t>(prefix)});
        });
    return blocks;
}

std::size_t address_set::block_count() const {
    std::size_t count = 0;
    for (const auto& r : ranges_)
        each_block(r.first, r.last, [&](const ip_address&, unsigned) { ++count; });
    return count;
}

} // namespace nodewall::model
