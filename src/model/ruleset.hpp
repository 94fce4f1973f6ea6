// What the kernel shall hold, as a value: chains of the mangle table, ipsets and their members.
//
// A ruleset is a map of units. A unit is what is compiled at once and shared between rulesets:
//   "chain/ipv4/NW-NODEPORT"          one chain with its rules
//   "set/ipv4/NW-PODS-4"              one set: its definition, and its members unless doors do that
//   "door/ipv4/nodeport/TCP/30051"    one front door: its members in several sets
//   "pods/ipv4/10.42.0.0/24"          pods' addresses of one block: members of NW-PODS-4
// The digest of a ruleset is SHA-256 over the lines "UNIT HEX\n", sorted, HEX the SHA-256 of the
// unit's text. Provenance, sequence numbers, kernel set indexes and counters are in neither.
#pragma once

#include "base/sha256.hpp"
#include "model/address.hpp"
#include "model/kind.hpp"
#include "model/protocol.hpp"
#include "model/unit_map.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::model {

// ---- rules ------------------------------------------------------------------------------------

/// `-m set [!] --match-set NAME dir,dir,dir`.
struct set_match {
    enum class direction : std::uint8_t { src, dst };
    std::string set;
    std::vector<direction> directions;
    bool negated = false;
    bool operator==(const set_match&) const = default;
};

enum class verdict : std::uint8_t {
    return_, ///< back to the chain that jumped: admitted, as far as nodewall goes
    drop,
    jump,  ///< -j CHAIN
    goto_, ///< -g CHAIN; never from a built-in chain
};

/// One rule: all conditions must hold. Written in this order as iptables-save does.
struct rule {
    std::optional<cidr> destination;  // -d
    std::string in_interface;         // -i; empty: any
    std::optional<protocol> proto;    // -p
    bool destination_local = false;   // -m addrtype --dst-type LOCAL
    bool original_direction = false;  // -m conntrack --ctdir ORIGINAL
    std::vector<std::uint16_t> ports; // -m multiport --dports; at most 15; needs proto
    std::vector<set_match> sets;      // -m set, each
    verdict then = verdict::return_;
    std::string chain; // for jump and goto

    /// As iptables-save prints it, without "-A CHAIN ".
    std::string to_string() const;
    bool operator==(const rule&) const = default;
};

struct chain {
    std::string name;
    std::vector<rule> rules;
    /// The built-in chain of mangle at whose head one jump to this chain stands; empty: none.
    std::string hook;
    bool operator==(const chain&) const = default;
};

// ---- sets -------------------------------------------------------------------------------------

enum class set_type : std::uint8_t {
    hash_ip,
    hash_net,
    hash_net_port,
    hash_ip_port,
    hash_ip_port_net
};
/// "hash:ip,port,net".
std::string_view to_string(set_type t);
std::optional<set_type> parse_set_type(std::string_view text);

/// A set does one of two things for a packet; it decides in which order an apply touches it
/// (SEMANTICS section 5).
enum class set_role : std::uint8_t {
    admits,  ///< a member more can only admit more: grows before, shrinks after what refuses
    refuses, ///< a member more can only refuse more
};

struct set_definition {
    std::string name;
    set_type type = set_type::hash_ip;
    model::family fam = family::ipv4;
    set_role role = set_role::admits;
    bool operator==(const set_definition&) const = default;
    /// "create NAME TYPE family inet maxelem N", as `ipset save` prints it (without hashsize etc.).
    std::string to_string() const;
};

/// A member of any type; unused fields are zero. In hash:net,port `net` is the first dimension; in
/// hash:ip,port,net `ip` is the first and `net` the third.
struct set_member {
    ip_address ip;          // hash:ip, hash:ip,port, hash:ip,port,net
    cidr net;               // hash:net, hash:net,port, hash:ip,port,net
    std::uint8_t proto = 0; // IANA number, where there is a port
    std::uint16_t port = 0;

    auto operator<=>(const set_member&) const = default;
    /// "10.0.0.0/8,tcp:30051", as `ipset save` prints it.
    std::string to_string(set_type t) const;
    void append_to(std::string& text, set_type t) const; // the same
};

// ---- units ------------------------------------------------------------------------------------

/// Why something is in the ruleset: an object and the event that made it so.
struct cause {
    kind what = kind::network_policy;
    object_key key;
    std::uint64_t seq = 0;
    auto operator<=>(const cause&) const = default;
};

/// A digest that is computed when it is first asked for, by whichever thread. A copy, which may go
/// its own way, begins anew.
class late_digest {
public:
    late_digest() = default;
    late_digest(const late_digest&) noexcept {}
    late_digest& operator=(const late_digest&) noexcept {
        known_.reset();
        return *this;
    }
    ~late_digest() = default;

    template <class Compute> sha256_digest get(Compute compute) const {
        const std::lock_guard lock(mutex_);
        if (!known_)
            known_ = compute();
        return *known_;
    }

private:
    mutable std::mutex mutex_;
    mutable std::optional<sha256_digest> known_;
};

struct unit {
    std::string name;
    model::family fam = family::ipv4;
    std::optional<model::chain> chain;
    std::optional<set_definition> set;
    /// Members by set name, each list sorted and unique. A door's members and those of a set's own
    /// unit are disjoint.
    std::map<std::string, std::vector<set_member>> members;
    std::map<std::string, set_type> member_types; // of each set in `members`, for the text
    std::vector<cause> causes;                    // provenance: in no digest
    late_digest digest_of_text;

    /// Whether both put the same into the kernel: equal texts, and so equal digests.
    bool same_content(const unit& other) const;
    /// SHA-256 of text(). Takes time for the first who asks; of a unit that does not change.
    sha256_digest digest() const;
    /// Canonical text: lines, sorted where order means nothing.
    std::string text() const;
    std::size_t rule_count() const; // the jump at the head of a hook included
    std::size_t member_count() const;
};

/// Sorts, removes repeats, and makes the unit immutable.
std::shared_ptr<const unit> seal(unit u);

class ruleset {
public:
    const unit_map& units() const noexcept { return units_; }
    void put(std::shared_ptr<const unit> u);
    void erase(std::string_view name);

    /// "UNIT HEX\n" for each unit, sorted: `sha256sum` over it gives digest().
    std::string digest_lines() const;
    sha256_digest digest() const;

    std::size_t rule_count() const noexcept { return rules_; }
    std::size_t member_count() const noexcept { return members_; }

    /// iptables-save text of one family's part of table mangle, our chains only.
    std::string iptables_text(family f) const;
    /// `ipset save` text of both families: create lines, then add lines.
    std::string ipset_text() const;

private:
    void forget(const unit& u);

    unit_map units_;
    std::size_t rules_ = 0, members_ = 0; // in all units together
};

// ---- asking it --------------------------------------------------------------------------------

/// The first packet of a connection as mangle PREROUTING sees it, before DNAT.
struct connection {
    ip_address source;
    ip_address destination;
    protocol proto = protocol::tcp;
    std::uint16_t port = 0;
    bool destination_local = false;    // the destination is an address of this node
    std::string in_interface = "eth0"; // "lo": the node's own packets
};

/// Whether the ruleset lets the connection pass, evaluated rule by rule as the kernel would.
bool admits(const ruleset& rules, const connection& c);

} // namespace nodewall::model
