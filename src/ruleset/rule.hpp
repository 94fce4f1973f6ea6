// Chains of rules, free of any backend's words: what a packet is compared with, and what becomes of
// it. A backend (netfilter/iptables, the text for nft) renders them in its own way.
#pragma once

#include "model/address.hpp"
#include "model/protocol.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nodewall::ruleset {

/// Where a packet meets the rules: the netfilter hooks, at the priority of table mangle.
enum class hook : std::uint8_t { prerouting, input, forward, output, postrouting };
/// "prerouting".
std::string_view to_string(hook h);

// ---- matches ----------------------------------------------------------------------------------

/// The packet came in through this interface.
struct in_interface {
    std::string name;
    bool operator==(const in_interface&) const = default;
};
struct protocol_is {
    model::protocol proto = model::protocol::tcp;
    bool operator==(const protocol_is&) const = default;
};
/// The destination port is one of these; stands behind a protocol_is.
struct destination_ports {
    std::vector<std::uint16_t> ports; // ascending; at most limits::multiport_slots
    bool operator==(const destination_ports&) const = default;
};
struct destination_in {
    model::cidr block;
    bool operator==(const destination_in&) const = default;
};
/// The destination is an address of this node, whatever the routing table says that is.
struct destination_local {
    bool operator==(const destination_local&) const = default;
};
/// The packet goes in the direction in which its connection was opened (conntrack's ORIGINAL).
struct original_direction {
    bool operator==(const original_direction&) const = default;
};
/// The source is in one of the sets, or in one of the blocks that are written out here. `sets` are
/// names, ascending; `blocks` are disjoint and ascending. Both empty: matches nothing.
struct source_in {
    std::vector<std::string> sets;
    std::vector<model::cidr> blocks;
    bool operator==(const source_in&) const = default;
};
/// What the packet is sent to is in the set: its address where the set is keyed by blocks, its
/// protocol and port where it is keyed by ports.
struct destination_in_set {
    std::string set;
    bool operator==(const destination_in_set&) const = default;
};
using match = std::variant<in_interface, protocol_is, destination_ports, destination_in,
                           destination_local, original_direction, source_in, destination_in_set>;

// ---- verdicts ---------------------------------------------------------------------------------

/// Back behind the last jump: as far as nodewall goes the packet passes.
struct return_ {
    bool operator==(const return_&) const = default;
};
struct drop {
    bool operator==(const drop&) const = default;
};
/// Into the chain, and on with the next rule when it returns.
struct jump {
    std::string chain;
    bool operator==(const jump&) const = default;
};
/// Into the chain for good; never from a chain that stands at a hook.
struct go_to {
    std::string chain;
    bool operator==(const go_to&) const = default;
};
/// Looks the packet's key up in the dispatch map: where it has an entry, goes to the entry's
/// decision for good; else on with the next rule.
struct dispatch_by {
    std::string map;
    bool operator==(const dispatch_by&) const = default;
};
/// Notes the packet for whoever listens to the group, and on with the next rule.
struct note {
    std::uint16_t group = 0;
    bool operator==(const note&) const = default;
};
using verdict = std::variant<return_, drop, jump, go_to, dispatch_by, note>;

/// All matches must hold. A rule without matches always holds.
struct rule {
    std::vector<match> matches;
    verdict then = return_{};
    /// One line: "from lo: return", "original-direction: jump NW-DOORS".
    std::string to_string() const;
    bool operator==(const rule&) const = default;
};

struct chain {
    std::string name;
    std::vector<rule> rules; // at their end: as return_
    std::optional<hook> at;  // the hook that leads here; nothing for a chain that rules lead to
    bool operator==(const chain&) const = default;
};

} // namespace nodewall::ruleset
