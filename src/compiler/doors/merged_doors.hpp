// Doors of different classes that are one: on one address, protocol and port (SEMANTICS section 3,
// below the table), and the places in the ruleset where such doors stand:
//
//   external, clusterip     at their address
//   nodeport                at their port; and where another door stands on one of the node's own
//                           addresses, as its Node says them, there with it
//   hostport with hostIP    at that address, as external doors do
//   hostport without        as NodePorts do; at those of the node's own addresses where NodePorts
//                           do not answer; and at its port, for the other local addresses
//
// A place with an address is written as an external door, which the ruleset asks before clusterIPs
// and ports (model::classes_asked): its unit there speaks for all of them. Whether an address that
// the Node does not list is the node's own nobody knows but the kernel: what stands there with the
// doors of its port is written as a local door, which the ruleset asks first, where the address is
// the node's.
#pragma once

#include "model/cluster_state.hpp"
#include "model/front_door.hpp"
#include "model/gate_settings.hpp"

#include <optional>
#include <vector>

namespace nodewall::compiler {

class merged_doors {
public:
    merged_doors() = default;
    merged_doors(const model::objects& objects, const model::gate_settings& s);

    /// The places where the door may be one with others, or where it stands; its own apart. The
    /// addresses of other doors with its port apart.
    std::vector<model::front_door> places_of(const model::front_door& door) const;
    /// The doors that are one there, if somebody claims them.
    std::vector<model::front_door> doors_at(const model::front_door& place) const;
    /// Whether a door of a class that has no units of its own stands there.
    bool stands_at(const model::front_door& door, const model::front_door& place) const;

    bool operator==(const merged_doors&) const = default;

    /// The local door at the address of a door of the port's; nothing where the Node lists that.
    std::optional<model::front_door> local_place(const model::front_door& door) const;
    /// Whether hostPorts answer on local addresses where NodePorts do not.
    bool host_ports_alone() const { return !node_ports_.empty(); }

private:
    bool answers_node_ports(const model::ip_address& address) const;

    std::vector<model::ip_address> own_;  // of the node; sorted, unique
    std::vector<model::cidr> node_ports_; // where NodePorts answer; empty: everywhere
};

} // namespace nodewall::compiler
