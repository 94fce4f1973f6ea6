// A front door: where a Service, or a local pod by a hostPort, meets the outside on this node
// (SEMANTICS section 3, the table).
#pragma once

#include "model/address.hpp"
#include "model/protocol.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall::model {

enum class door_class : std::uint8_t {
    nodeport,  ///< any local address of the node
    external,  ///< externalIPs and load balancer addresses
    clusterip, ///< clusterIPs dialled from outside; pods pass
    hostport,  ///< of a local pod: its hostIP, or any local address
    local,     ///< an external door, where its address is one of the node's own
};
/// "nodeport", "external", "clusterip", "hostport", "local".
std::string_view to_string(door_class c);
/// As the ruleset asks them: the first that has the packet's door decides.
inline constexpr std::array classes_asked{door_class::local, door_class::external,
                                          door_class::clusterip, door_class::nodeport,
                                          door_class::hostport};
/// Whether the ruleset looks doors of the class up by port alone; a hostPort with a hostIP stands
/// among the external doors.
constexpr bool asked_by_port(door_class c) {
    return c == door_class::nodeport || c == door_class::hostport;
}
/// Nothing for a name that no class has.
std::optional<door_class> door_class_of(std::string_view name);

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
