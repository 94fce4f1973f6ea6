#include "compiler/united_doors.hpp"

#include "base/sort_unique.hpp"

#include <algorithm>
#include <iterator>

namespace nodewall::compiler {

namespace {

using model::layout::door_class;

bool node_ports_answer_on(const model::ip_address& address, const model::gate_settings& s) {
    return s.node_port_addresses.empty() ||
           std::ranges::any_of(s.node_port_addresses,
                               [&](const auto& block) { return block.contains(address); });
}

model::layout::door as(door_class what, model::layout::door door) {
    door.what = what;
    return door;
}

} // namespace

meeting_places::meeting_places(const model::objects& objects, const model::gate_settings& s) {
    const auto node = objects.nodes.find({"", s.node_name});
    if (node == objects.nodes.end())
        return;
    std::ranges::copy_if(node->second.addresses, std::back_inserter(own_),
                         [&](const auto& address) { return node_ports_answer_on(address, s); });
    sort_unique(own_);
}

std::vector<model::layout::door> meeting_places::of(const model::layout::door& door) const {
    if (door.what != door_class::nodeport)
        return {as(door_class::external, door)};
    std::vector<model::layout::door> places;
    for (const auto& address : own_)
        if (address.fam() == door.fam)
            places.push_back({door_class::external, door.fam, address, door.proto, door.port});
    return places;
}

std::vector<model::layout::door> meeting_places::doors_at(const model::layout::door& place) const {
    std::vector<model::layout::door> doors{place, as(door_class::clusterip, place)};
    if (std::ranges::binary_search(own_, place.address))
        doors.push_back({door_class::nodeport, place.fam, model::ip_address::zero(place.fam),
                         place.proto, place.port});
    return doors;
}

} // namespace nodewall::compiler
