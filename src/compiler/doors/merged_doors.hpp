// Doors of different classes that are one: on one address, protocol and port (SEMANTICS section 3,
// below the table). A NodePort meets others on the node's own addresses, as its Node says them. The
// place where doors meet is written as an external door, which the ruleset looks at first
// (ruleset/ruleset.hpp): its unit there speaks for all of them.
#pragma once

#include "model/cluster_state.hpp"
#include "model/front_door.hpp"
#include "model/gate_settings.hpp"

#include <vector>

namespace nodewall::compiler {

class merged_doors {
public:
    merged_doors() = default;
    merged_doors(const model::objects& objects, const model::gate_settings& s);

    /// The places where the door may be one with others.
    std::vector<model::front_door> places_of(const model::front_door& door) const;
    /// The doors that are one there, if Services claim them: external, clusterip, nodeport.
    std::vector<model::front_door> doors_at(const model::front_door& place) const;

    bool operator==(const merged_doors&) const = default;

private:
    std::vector<model::ip_address> own_; // of the node, where NodePorts answer; sorted, unique
};

} // namespace nodewall::compiler
