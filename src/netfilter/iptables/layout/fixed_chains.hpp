// The fixed chains of a ruleset as rules of iptables, and back.
//
//   neutral                              iptables
//   [source_in {SET}] return             -m set --match-set INSTANCE src -j RETURN
//   [...] jump NW-DOORS                  -m mark ! --mark 0/M -j MARK --set-xmark 0/M    foreign
//   bits
//                                        ... -j NW-DOORS
//                                        -m mark ! --mark 0/M -j MARK --set-xmark 0/M    our own
//   [...] dispatch by MAP                ... -j SET --map-set MAP dst,dst --map-mark
//                                        -m mark ! --mark 0/M -g NW-SLOTS (or NW-PAGES)
//
// A RETURN out of a chain that a goto leads to lands behind the jump to NW-DOORS.
#pragma once

#include "base/error.hpp"
#include "netfilter/iptables/layout/marks.hpp"
#include "netfilter/iptables/xt/rule.hpp"
#include "ruleset/rule.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::netfilter::iptables {

/// The rules that take our bits out of a packet's mark.
xt_rule clear_mark(const mark_bits& bits);
/// The two rules that look the packet up in a map; the first has what `match` says beside.
std::vector<xt_rule> look_up(xt_rule match, std::string map, std::vector<direction> directions,
                             std::string_view then, const mark_bits& bits);
/// How a dispatch map's key is taken from the packet.
std::vector<direction> map_directions(std::string_view map);

struct fixed_names {
    /// The kernel's name of a set, of a dispatch map's first set.
    std::function<std::string(const std::string&set)> set, map;
    std::string_view found; // the chain that a mark that was found leads to
};
/// An error for a chain of a form that no compiler makes.
result<xt_chain> write_fixed(const ruleset::chain& c, const mark_bits& bits,
                             const fixed_names& names);

/// The other way round: the ruleset's names of the kernel's sets and maps; nothing for another
/// name.
struct fixed_sets {
    std::function<std::optional<std::string>(const std::string&set)> set, map;
};
/// Nothing for a chain that write_fixed() does not write; what it wrote reads back equal.
std::optional<ruleset::chain> read_fixed(const xt_chain& c, const mark_bits& bits,
                                         const fixed_sets& sets);

} // namespace nodewall::netfilter::iptables
