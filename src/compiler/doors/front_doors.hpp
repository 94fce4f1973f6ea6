// Where a Service meets the outside on this node (SEMANTICS section 3, the table).
#pragma once

#include "model/front_door.hpp"
#include "model/objects.hpp"

#include <map>
#include <string>
#include <vector>

namespace nodewall::compiler {

/// The doors of one Service, and the ports of the Service that each leads to: one, except where the
/// Service itself claims a door twice. Points into the Service.
using door_map = std::map<model::front_door, std::vector<const model::service_port*>>;

/// None for ExternalName and headless Services. A NodePort answers in each family that the Service
/// has; every other door in the family of its address.
door_map front_doors_of(const model::service_object& service);
/// The NodePorts, and external doors at these addresses.
door_map doors_at(const model::service_object& service,
                  const std::vector<model::ip_address>& addresses);

} // namespace nodewall::compiler
