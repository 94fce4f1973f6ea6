// How front doors lie in the kernel: the names of chains and sets, and what a set's name tells.
//
// A front door never has rules of its own. For each family and each class of door there are two
// sets, and a fixed handful of rules looks into them:
//
// clang-format off
//     -A PREROUTING      -j NW-PREROUTING                                     (mangle, at the head)
//     -A NW-PREROUTING   -i lo -j RETURN
//     -A NW-PREROUTING   -m set --match-set NW-ALWAYS-4 src -j RETURN
//     -A NW-PREROUTING   -m conntrack --ctdir ORIGINAL -g NW-DOORS
//     -A NW-DOORS        -m set --match-set NW-EXTERNAL-REFUSE-4 dst,dst -g NW-EXTERNAL
//     -A NW-DOORS        -m set --match-set NW-CLUSTERIP-REFUSE-4 dst,dst -g NW-CLUSTERIP
//     -A NW-DOORS        -m addrtype --dst-type LOCAL
//                        -m set --match-set NW-NODEPORT-REFUSE-4 src,dst -g NW-NODEPORT
//     -A NW-EXTERNAL     -p tcp -m addrtype --dst-type LOCAL -m multiport --dports 22,... -j RETURN
//     -A NW-EXTERNAL     -m set --match-set NW-EXTERNAL-ADMIT-4 dst,dst,src -j RETURN
//     -A NW-EXTERNAL     -j DROP
//     -A NW-CLUSTERIP    -m set --match-set NW-PODS-4 src -j RETURN
//     -A NW-CLUSTERIP    -m set --match-set NW-CLUSTERIP-ADMIT-4 dst,dst,src -j RETURN
//     -A NW-CLUSTERIP    -j DROP
//     -A NW-NODEPORT     -m set --match-set NW-NODEPORT-ADMIT-4 src,dst -j RETURN
//     -A NW-NODEPORT     -j DROP
//
// So a policy that comes or goes changes members only, costs no table commit and no xtables lock,
// and takes effect within the netlink call. A door's refusal in NW-NODEPORT-REFUSE is two members,
// 0.0.0.0/1 and 128.0.0.0/1 (hash:net takes no /0; no set type holds a port alone with its
// protocol). A door is refused to a source iff the door is in REFUSE and (source, door) is not in
// ADMIT; `admits` and `refuses` are the roles that order an apply (applier/plan.hpp).
// clang-format on
#pragma once

#include "model/ruleset.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall::model::layout {

enum class door_class : std::uint8_t {
    nodeport, ///< any local address, by addrtype; key: protocol, port
    external, ///< externalIPs and load balancer addresses; key: address, protocol, port
    clusterip ///< clusterIPs dialled from outside (pods pass); key: address, protocol, port
};
/// "nodeport", "external", "clusterip".
std::string_view to_string(door_class c);

/// Every chain and set of ours begins with this.
inline constexpr std::string_view prefix = "NW-";

inline constexpr std::string_view chain_prerouting = "NW-PREROUTING"; // hooked to PREROUTING
inline constexpr std::string_view chain_doors = "NW-DOORS";
inline constexpr std::string_view chain_nodeport = "NW-NODEPORT";
inline constexpr std::string_view chain_external = "NW-EXTERNAL";
inline constexpr std::string_view chain_clusterip = "NW-CLUSTERIP";

set_definition door_set(door_class c, set_role role, family f);
set_definition pods_set(family f);   // hash:ip, addresses that pods own
set_definition always_set(family f); // hash:net, sources that every door admits

/// The definition that a set of this name has in this layout, or nothing for a name that the
/// layout does not know (left by another version: to be destroyed).
std::optional<set_definition> set_of_name(std::string_view name);

struct door {
    door_class what = door_class::nodeport;
    family fam = family::ipv4;
    ip_address address; // zero address for nodeport
    protocol proto = protocol::tcp;
    std::uint16_t port = 0;

    auto operator<=>(const door&) const = default;
    /// "door/ipv4/nodeport/TCP/30051", "door/ipv6/external/2001:db8::1/UDP/53".
    std::string unit_name() const;
};

/// The door that a member of a door set belongs to; nothing for a set that holds no doors.
std::optional<door> door_of_member(std::string_view set_name, const set_member& member);

/// The member (in REFUSE: two for nodeport) that refuses the door to everyone.
std::vector<set_member> refusal(const door& d);
/// The member in ADMIT that admits `source` to the door.
set_member admission(const door& d, const cidr& source);

/// Addresses of pods are cut into units by block, so that a pod that comes or goes touches one
/// small unit: the block that holds the address (/24, /120), and the unit's name,
/// "pods/ipv4/10.42.0.0/24".
cidr pods_block(const ip_address& address);
std::string pods_unit_name(const cidr& block);

std::string chain_unit_name(family f, std::string_view chain); // "chain/ipv4/NW-DOORS"
std::string set_unit_name(family f, std::string_view set);     // "set/ipv4/NW-PODS-4"

} // namespace nodewall::model::layout
