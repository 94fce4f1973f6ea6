// Sets as ipset has them.
#pragma once

#include "model/address.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::netfilter::iptables {

enum class set_type : std::uint8_t {
    hash_ip,
    hash_net,
    hash_ip_port,  // with a mark for each member (skbinfo)
    hash_net_port, // with a mark for each member (skbinfo)
    list_set,      // sets by their names
};
inline constexpr std::array set_types{set_type::hash_ip, set_type::hash_net, set_type::hash_ip_port,
                                      set_type::hash_net_port, set_type::list_set};
/// "hash:net,port", "list:set".
std::string_view to_string(set_type t);
std::optional<set_type> parse_set_type(std::string_view text);
/// Whether members carry a mark.
bool has_marks(set_type t);

struct set_definition {
    std::string name;
    set_type type = set_type::hash_ip;
    model::family fam = model::family::ipv4; // of a list: that of the sets that it shall hold
    bool small = false; // starts with as little memory as it can; no part of what the set is
    bool operator==(const set_definition& other) const {
        return name == other.name && type == other.type && fam == other.fam;
    }
    /// "create NAME TYPE family inet maxelem N", as `ipset save` prints it (without hashsize etc.).
    std::string to_string() const;
};

/// A member of any type but list:set; what the type does not have is zero.
struct set_member {
    model::cidr net;        // of one address where the type is of addresses
    std::uint8_t proto = 0; // IANA number, where there is a port
    std::uint16_t port = 0;
    std::uint32_t mark = 0, mask = 0; // where the type has marks

    auto operator<=>(const set_member&) const = default;
    /// "10.0.0.0/8,tcp:30051 skbmark 0x1/0x30ff", as `ipset save` prints it.
    std::string to_string(set_type t) const;
    /// The same set could not hold both: they differ in their marks alone.
    bool same_key(const set_member& other) const {
        return net == other.net && proto == other.proto && port == other.port;
    }
};

/// What a set holds.
struct set_content {
    set_definition definition;
    std::vector<set_member> members; // in any order, some perhaps twice
    std::vector<std::string> names;  // of list:set instead
};

} // namespace nodewall::netfilter::iptables
