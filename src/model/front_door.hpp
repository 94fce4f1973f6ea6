// A front door: where a Service meets the outside on this node (SEMANTICS section 3, the table).
#pragma once

#include "model/address.hpp"
#include "model/protocol.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace nodewall::model {

enum class door_class : std::uint8_t {
    nodeport,  ///< any local address of the node
    external,  ///< externalIPs and load balancer addresses
    clusterip, ///< clusterIPs dialled from outside; pods pass
};
/// "nodeport", "external", "clusterip".
std::string_view to_string(door_class c);

struct front_door {
    door_class what = door_class::nodeport;
    family fam = family::ipv4;
    ip_address address; // the zero address for nodeport
    protocol proto = protocol::tcp;
    std::uint16_t port = 0;

    auto operator<=>(const front_door&) const = default;
    /// "door/ipv4/nodeport/TCP/30051", "door/ipv6/external/2001:db8::1/UDP/53".
    std::string unit_name() const;
    /// "front door nodeport TCP/30051", "front door external 192.0.2.1 UDP/53".
    std::string describe() const;
};

} // namespace nodewall::model
