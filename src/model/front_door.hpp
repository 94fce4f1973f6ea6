// A front door: where a Service, or a local pod by a hostPort, meets the outside on this node
// (SEMANTICS section 3, the table).
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
    hostport,  ///< of a local pod: its hostIP, or any local address
};
/// "nodeport", "external", "clusterip", "hostport".
std::string_view to_string(door_class c);

struct front_door {
    door_class what = door_class::nodeport;
    family fam = family::ipv4;
    ip_address address; // zero for nodeport, and for hostport on any local address of the node
    protocol proto = protocol::tcp;
    std::uint16_t port = 0;

    auto operator<=>(const front_door&) const = default;
    /// Whether it answers on any local address.
    bool anywhere() const {
        return what == door_class::nodeport ||
               (what == door_class::hostport && address == ip_address::zero(fam));
    }
    /// "door/ipv4/nodeport/TCP/30051", "door/ipv6/external/2001:db8::1/UDP/53".
    std::string unit_name() const;
    /// "front door nodeport TCP/30051", "front door external 192.0.2.1 UDP/53".
    std::string describe() const;
};

} // namespace nodewall::model
