// From a number in the packet's mark to a chain, by a tree of mark matches: four ways at each
// level, so that a number of ten bits is found with at most twenty comparisons.
//
//     NW-SLOTS      -m mark --mark 0x2000/0x3000 -g NW-SLOTS-2
//     NW-SLOTS-2    -m mark --mark 0x0/0xc0      -g NW-SLOTS-20
//     ...
#pragma once

#include "netfilter/iptables/layout/marks.hpp"
#include "netfilter/iptables/xt/rule.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nodewall::netfilter::iptables {

/// The chains of the tree, its root first. `leaves`: numbers, ascending, with their chains. The
/// depth depends on the largest number. Without leaves: an empty root.
std::vector<xt_chain> mark_tree(std::string_view root, const mark_bits& bits,
                                const std::vector<std::pair<std::uint32_t, std::string>>& leaves);

} // namespace nodewall::netfilter::iptables
