// Rules as iptables has them: what nodewall writes into table mangle and reads back from it.
#pragma once

#include "model/address.hpp"
#include "model/protocol.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nodewall::netfilter::iptables {

/// Which address of the packet, with its port where the set's type has one, a set is asked about.
enum class direction : std::uint8_t { src, dst };

/// `-m set [!] --match-set NAME dir,dir`.
struct set_match {
    std::string set;
    std::vector<direction> directions;
    bool negated = false;
    bool operator==(const set_match&) const = default;
};

/// `-m mark [!] --mark VALUE/MASK`.
struct mark_match {
    std::uint32_t value = 0, mask = 0;
    bool negated = false;
    bool operator==(const mark_match&) const = default;
};

// ---- targets ----------------------------------------------------------------------------------

struct to_return {
    bool operator==(const to_return&) const = default;
};
struct to_drop {
    bool operator==(const to_drop&) const = default;
};
/// `-j CHAIN`.
struct to_chain {
    std::string chain;
    bool operator==(const to_chain&) const = default;
};
/// `-g CHAIN`; never from a built-in chain.
struct goto_chain {
    std::string chain;
    bool operator==(const goto_chain&) const = default;
};
/// `-j SET --map-set NAME dir,dir --map-mark`: where the set holds the packet's key, the member's
/// mark goes into the packet's, under the member's mask. Only in table mangle.
struct map_mark {
    std::string set;
    std::vector<direction> directions;
    bool operator==(const map_mark&) const = default;
};
/// `-j MARK --set-xmark VALUE/MASK`: clears the mask's bits, then flips those of the value.
struct set_mark {
    std::uint32_t value = 0, mask = 0;
    bool operator==(const set_mark&) const = default;
};
/// `-j NFLOG --nflog-group N`.
struct to_nflog {
    std::uint16_t group = 0;
    bool operator==(const to_nflog&) const = default;
};
using xt_target =
    std::variant<to_return, to_drop, to_chain, goto_chain, map_mark, set_mark, to_nflog>;

/// One rule: all conditions must hold. Written in this order, as iptables-save does.
struct xt_rule {
    std::optional<model::cidr> destination; // -d
    std::string in_interface;               // -i; empty: any
    std::optional<model::protocol> proto;   // -p
    bool destination_local = false;         // -m addrtype --dst-type LOCAL
    bool original_direction = false;        // -m conntrack --ctdir ORIGINAL
    std::vector<std::uint16_t> ports;       // -m multiport --dports; at most 15; needs proto
    std::optional<mark_match> mark;
    std::vector<set_match> sets; // each must hold
    xt_target then;

    /// As iptables-save prints it, without "-A CHAIN ".
    std::string to_string() const;
    bool operator==(const xt_rule&) const = default;
};

struct xt_chain {
    std::string name;
    std::vector<xt_rule> rules;
    /// The built-in chain at whose head one jump to this chain stands; empty: none.
    std::string hook;
    bool operator==(const xt_chain&) const = default;
};

/// What the rule's sets are called: those that it matches and the one that it looks up.
std::vector<std::string_view> sets_of(const xt_rule& r);
/// The chain that the rule leads to; empty for one that leads to none.
std::string_view chain_of(const xt_rule& r);

} // namespace nodewall::netfilter::iptables
