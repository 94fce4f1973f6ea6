// Doors of different classes that are one: on one address, protocol and port (SEMANTICS section 3,
// below the table). A NodePort meets others on the node's own addresses, as its Node says them. The
// place where doors meet is written as an external door, which the ruleset looks at first
// (model/layout.hpp): its unit there speaks for all of them.
#pragma once

#include "model/cluster_state.hpp"
#include "model/gate_settings.hpp"
#include "model/layout.hpp"

#include <vector>

namespace nodewall::compiler {

class meeting_places {
public:
    meeting_places() = default;
    meeting_places(const model::objects& objects, const model::gate_settings& s);

    /// Where the door may meet others.
    std::vector<model::layout::door> of(const model::layout::door& door) const;
    /// The doors that meet there, if Services claim them: external, clusterip, nodeport.
    std::vector<model::layout::door> doors_at(const model::layout::door& place) const;

    bool operator==(const meeting_places&) const = default;

private:
    std::vector<model::ip_address> own_; // of the node, where NodePorts answer; sorted, unique
};

} // namespace nodewall::compiler
