#include "compiler/doors/merged_doors.hpp"

#include "base/sort_unique.hpp"

#include <algorithm>
#include <iterator>

namespace nodewall::compiler {

namespace {

using model::door_class;

bool node_ports_answer_on(const model::ip_address& address, const model::gate_settings& s) {
    return s.node_port_addresses.empty() ||
           std::ranges::any_of(s.node_port_addresses,
                               [&](const auto& block) { return block.contains(address); });
}

model::front_door as(door_class what, model::front_door door) {
    door.what = what;
    return door;
}

} // namespace

merged_doors::merged_doors(const model::objects& objects, const model::gate_settings& s) {
    const auto node = objects.nodes.find({"", s.node_name});
    if (node == objects.nodes.end())
        return;
    std::ranges::copy_if(node->second.addresses, std::back_inserter(own_),
                         [&](const auto& address) { return node_ports_answer_on(address, s); });
    sort_unique(own_);
}

std::vector<model::front_door> merged_doors::places_of(const model::front_door& door) const {
    if (door.what != door_class::nodeport)
        return {as(door_class::external, door)};
    std::vector<model::front_door> places;
    for (const auto& address : own_)
        if (address.fam() == door.fam)
            places.push_back({door_class::external, door.fam, address, door.proto, door.port});
    return places;
}

std::vector<model::front_door> merged_doors::doors_at(const model::front_door& place) const {
    std::vector<model::front_door> doors{place, as(door_class::clusterip, place)};
    if (std::ranges::binary_search(own_, place.address))
        doors.push_back({door_class::nodeport, place.fam, model::ip_address::zero(place.fam),
                         place.proto, place.port});
    return doors;
}

} // namespace nodewall::compiler
