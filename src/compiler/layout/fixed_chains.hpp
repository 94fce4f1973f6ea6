// The chains and maps that are there whatever the cluster holds:
//
//   NW-PREROUTING   from lo: return                              the node's own packets
//                   source in NW-EXEMPT-4: return                gate.alwaysAdmit, where it is
//                   given original direction: jump NW-DOORS
//   NW-DOORS        dispatch by NW-DOORS-4-external              address, protocol and port
//                   dispatch by NW-DOORS-4-clusterip
//                   to a local address: dispatch by NW-DOORS-4-nodeport    protocol and port
//                   to NW-SHUT-4-addresses, to NW-SHUT-4-ports: drop       shut_doors.hpp
//
// The first map that has the packet's door decides by the door's decision; a door that is open to
// everyone is in no map.
#pragma once

#include "model/front_door.hpp"
#include "model/gate_settings.hpp"
#include "ruleset/ruleset.hpp"

#include <memory>
#include <string>
#include <vector>

namespace nodewall::compiler {

std::vector<std::shared_ptr<const ruleset::unit>> fixed_units(const model::gate_settings& s);

/// The map that doors of this class are in.
ruleset::set door_map_of(model::door_class c, model::family f);
/// The door's key there.
ruleset::key key_of(const model::front_door& door);

} // namespace nodewall::compiler
