#include "compiler/doors/host_ports.hpp"

#include "base/sort_unique.hpp"

#include <algorithm>

namespace nodewall::compiler {

host_ports::host_ports(const model::objects& objects, const model::gate_settings& s)
    : vital_(s.vital_ports) {
    const auto node = objects.nodes.find({"", s.node_name});
    if (node == objects.nodes.end())
        return;
    own_ = node->second.addresses;
    sort_unique(*own_);
}

bool host_ports::never_shut(const model::front_door& door) const {
    const bool external =
        door.what == model::door_class::external || door.what == model::door_class::local;
    return external && door.proto == model::protocol::tcp &&
           std::ranges::find(vital_, door.port) != vital_.end() &&
           (!own_ || std::ranges::binary_search(*own_, door.address));
}

} // namespace nodewall::compiler
