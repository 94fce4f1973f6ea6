// How a door's slot is written into the dispatch maps: in one step, or in two where there are more
// slots than a mark tells apart.
//
//   one step     map        door -> slot
//   two steps    map.pages  door -> page and map       a page's number is page * 6 + map + 1
//                map.pN     door -> slot in the page   counted from 1
#pragma once

#include "netfilter/iptables/ipset/set.hpp"
#include "netfilter/iptables/layout/marks.hpp"
#include "netfilter/iptables/layout/names.hpp"

#include <cstddef>
#include <cstdint>

namespace nodewall::netfilter::iptables {

/// So many maps share the pages.
inline constexpr std::uint32_t maps_max = 5;

inline std::uint32_t page_of(slot_number slot, const mark_bits& bits) {
    return (slot - 1) / bits.capacity();
}
inline std::uint32_t number_in_page(slot_number slot, const mark_bits& bits) {
    return (slot - 1) % bits.capacity() + 1;
}
inline std::uint32_t page_number(std::uint32_t page, std::size_t map) {
    return page * (maps_max + 1) + static_cast<std::uint32_t>(map) + 1;
}
/// The most slots that there can be.
inline slot_number slots_max(const mark_bits& bits, bool two_steps) {
    const auto pages =
        two_steps ? (bits.capacity() - maps_max) / (maps_max + 1) + 1 : std::uint32_t{1};
    return pages * bits.capacity();
}

} // namespace nodewall::netfilter::iptables
