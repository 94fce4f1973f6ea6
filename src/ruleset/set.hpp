// Sets and dispatch maps, keyed by typed tuples. What one is for is told by its purpose; its name
// begins with what the purpose says, so that it is known again when it is read back.
#pragma once

#include "model/address.hpp"
#include "model/protocol.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall::ruleset {

enum class purpose : std::uint8_t {
    exempt,   ///< "NW-EXEMPT-4": blocks that every front door admits
    peers,    ///< "NW-PEERS-4-HASH": addresses of the pods that one query means; come and go
    blocks,   ///< "NW-BLOCKS-4-HASH": one union of ipBlocks; named by its content, never changes
    dispatch, ///< "NW-DOORS-4-nodeport": from a packet's key to its decision
    shut,     ///< "NW-SHUT-4-addresses", "NW-SHUT-4-ports": doors that are refused, too many to be
              ///< told one by one
};
/// "exempt", "peers", "blocks", "dispatch", "shut".
std::string_view to_string(purpose p);
/// What the name of a set says; nothing for a name that none of ours has.
std::optional<purpose> purpose_of(std::string_view set_name);

enum class key_type : std::uint8_t {
    address,      ///< an address
    block,        ///< a block of addresses
    port,         ///< protocol and destination port
    address_port, ///< destination address, protocol and destination port
};
/// "address", "block", "port", "address,port".
std::string_view to_string(key_type t);

/// A key of any type; what the type does not have is zero.
struct key {
    model::cidr block;      // of one address where the type says address
    std::uint8_t proto = 0; // IANA number, where there is a port
    std::uint16_t port = 0;
    auto operator<=>(const key&) const = default;
    /// "10.0.0.1", "10.0.0.0/8", "tcp:30051", "192.0.2.1,udp:53".
    std::string to_string(key_type t) const;
    void append_to(std::string& text, key_type t) const; // the same
};

struct set {
    std::string name;
    model::family fam = model::family::ipv4;
    purpose what = purpose::peers;
    key_type type = key_type::address;
    bool operator==(const set&) const = default;
};

} // namespace nodewall::ruleset
