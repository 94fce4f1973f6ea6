// How chains and sets are called in the kernel. Numbers are decimal; S is a stage, K which
// source_in of the decision, counted over all its stages, G a generation.
//
//   NW-SLOT-0007, NW-SLOT-0007-S      chains of slot 7: its first stage and the further ones
//   NW-SLOT-4-0007-iK                 blocks of the slot's source K that are written out
//   NW-SLOT-4-0007-lK                 list:set of the peer sets of the slot's source K
//   NW-SLOTS, NW-SLOTS-31, ...        tree of mark matches down to the slots' chains
//   NW-SLOTS.2, NW-SLOTS.2-31, ...    the same of a further page
//   NW-PAGES, NW-PAGES-31, ...        tree down to the pages, where there are several
//   NW-PAGE-2-nodeport                what looks the slot up in the page's own map
//   NW-PEERS-4-HASH, NW-PEERS-4-HASH-G     instances of one shared set; one is current
//   NW-SHUT-4-addresses[-G], -ports   what is refused without a door of its own
//   NW-DOORS-4-nodeport[-G]           dispatch map, in one step
//   NW-DOORS-4-nodeport[-G].pages     ... in two steps: from the door to the page,
//   NW-DOORS-4-nodeport[-G].p2        ... and of page 2 to the slot
#pragma once

#include "model/address.hpp"
#include "netfilter/iptables/ipset/set.hpp"
#include "ruleset/set.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall::netfilter::iptables {

inline constexpr std::string_view chain_slots = "NW-SLOTS";
inline constexpr std::string_view chain_pages = "NW-PAGES";

/// '4' or '6'.
char family_digit(model::family f);
/// What "NW-X-4" or "NW-X-4-..." says.
std::optional<model::family> family_in_name(std::string_view set);

using slot_number = std::uint32_t; // from 1; 0: none

std::string slot_chain(slot_number slot, std::size_t stage);
struct slot_chain_name {
    slot_number slot = 0;
    std::size_t stage = 0;
};
std::optional<slot_chain_name> parse_slot_chain(std::string_view chain);

enum class slot_set_kind : char { inline_ = 'i', list = 'l' };
std::string slot_set(model::family f, slot_number slot, slot_set_kind kind, std::size_t source);
struct slot_set_name {
    slot_number slot = 0;
    slot_set_kind kind = slot_set_kind::inline_;
    std::size_t source = 0;
};
std::optional<slot_set_name> parse_slot_set(std::string_view set);

/// How a set of the ruleset, no dispatch map, lies in the kernel.
set_type type_of_set(std::string_view set);
/// A set of the ruleset under its name in the kernel.
std::string instance_name(std::string_view set, unsigned generation);
struct instance {
    std::string set; // its name in the ruleset
    unsigned generation = 0;
    bool operator==(const instance&) const = default;
};
/// Of a set of any purpose but dispatch.
std::optional<instance> parse_instance(std::string_view set);

/// Which of a dispatch map's sets.
struct map_part {
    enum class kind : std::uint8_t { whole, pages, page };
    kind what = kind::whole;
    std::uint32_t page = 0; // of kind page
    bool operator==(const map_part&) const = default;
};
std::string map_name(std::string_view map, unsigned generation, const map_part& part);
struct map_instance {
    std::string map;
    unsigned generation = 0;
    map_part part;
};
std::optional<map_instance> parse_map(std::string_view set);

std::string page_tree(std::uint32_t page);                        // "NW-SLOTS", "NW-SLOTS.2"
std::string page_chain(std::uint32_t page, std::string_view map); // "NW-PAGE-2-nodeport"
/// "nodeport" of "NW-DOORS-4-nodeport".
std::string_view map_class(std::string_view map);
/// Whether doors are looked up by port alone in this map, or in one of its sets.
bool map_is_by_port(std::string_view map);

} // namespace nodewall::netfilter::iptables
