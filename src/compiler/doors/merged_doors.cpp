#include "compiler/doors/merged_doors.hpp"

#include "base/sort_unique.hpp"

#include <algorithm>

namespace nodewall::compiler {

namespace {

using model::door_class;

model::front_door as(door_class what, model::front_door door) {
    door.what = what;
    return door;
}

model::front_door at_port(door_class what, const model::front_door& door) {
    return {what, door.fam, model::ip_address::zero(door.fam), door.proto, door.port};
}

} // namespace

merged_doors::merged_doors(const model::objects& objects, const model::gate_settings& s)
    : node_ports_(s.node_port_addresses) {
    const auto node = objects.nodes.find({"", s.node_name});
    if (node == objects.nodes.end())
        return;
    own_ = node->second.addresses;
    sort_unique(own_);
}

bool merged_doors::answers_node_ports(const model::ip_address& address) const {
    return node_ports_.empty() || std::ranges::any_of(node_ports_, [&](const auto& block) {
               return block.contains(address);
           });
}

std::vector<model::front_door> merged_doors::places_of(const model::front_door& door) const {
    if (!door.anywhere()) {
        std::vector<model::front_door> places{as(door_class::external, door)};
        if (const auto local = local_place(door))
            places.push_back(*local);
        return places;
    }
    std::vector<model::front_door> places;
    if (door.what == door_class::hostport)
        places.push_back(at_port(door_class::nodeport, door));
    for (const auto& address : own_)
        if (address.fam() == door.fam &&
            (door.what == door_class::hostport || answers_node_ports(address)))
            places.push_back({door_class::external, door.fam, address, door.proto, door.port});
    return places;
}

std::vector<model::front_door> merged_doors::doors_at(const model::front_door& place) const {
    if (place.what == door_class::nodeport)
        return {place, at_port(door_class::hostport, place)};
    // Where somebody has a clusterIP, nobody else counts there; where nobody has, nothing stands
    // there.
    if (place.anywhere() || place.what == door_class::clusterip)
        return {place};
    std::vector<model::front_door> doors{as(door_class::external, place),
                                         as(door_class::clusterip, place),
                                         as(door_class::hostport, place)};
    if (place.what == door_class::local || std::ranges::binary_search(own_, place.address)) {
        if (answers_node_ports(place.address))
            doors.push_back(at_port(door_class::nodeport, place));
        doors.push_back(at_port(door_class::hostport, place));
    }
    return doors;
}

std::optional<model::front_door> merged_doors::local_place(const model::front_door& door) const {
    if (door.anywhere() || std::ranges::binary_search(own_, door.address))
        return std::nullopt;
    return as(door_class::local, door);
}

bool merged_doors::stands_at(const model::front_door& door, const model::front_door& place) const {
    if (door.what != door_class::hostport)
        return false;
    if (place.anywhere() || !door.anywhere())
        return true;
    return !answers_node_ports(place.address);
}

} // namespace nodewall::compiler
