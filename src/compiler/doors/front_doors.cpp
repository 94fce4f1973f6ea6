#include "compiler/doors/front_doors.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace nodewall::compiler {

namespace {

using model::door_class;

std::set<model::family> families_of(const model::service_object& service) {
    std::set<model::family> families(service.ip_families.begin(), service.ip_families.end());
    if (families.empty())
        for (const auto& address : service.cluster_ips)
            families.insert(address.fam());
    // Not said: a door of a family that no backend has is open, and so harms nobody.
    if (families.empty())
        families.insert(model::families.begin(), model::families.end());
    return families;
}

} // namespace

door_map front_doors_of(const model::service_object& service) {
    door_map doors;
    if (service.type == model::service_type::external_name || service.headless)
        return doors;
    const auto add = [&](door_class what, const model::ip_address& address, std::uint16_t number,
                         const model::service_port& port) {
        doors[{what, address.fam(), address, port.proto, number}].push_back(&port);
    };
    const auto add_each = [&](door_class what, const std::vector<model::ip_address>& addresses,
                              const model::service_port& port) {
        // An address that is given twice is one door.
        for (const auto& address : std::set(addresses.begin(), addresses.end()))
            add(what, address, port.port, port);
    };
    auto external = service.external_ips;
    external.insert(external.end(), service.load_balancer_ips.begin(),
                    service.load_balancer_ips.end());
    for (const auto& port : service.ports) {
        if (service.type != model::service_type::cluster_ip && port.node_port != 0)
            for (const auto f : families_of(service))
                add(door_class::nodeport, model::ip_address::zero(f), port.node_port, port);
        if (port.port == 0)
            continue; // it cannot be read
        add_each(door_class::external, external, port);
        add_each(door_class::clusterip, service.cluster_ips, port);
    }
    return doors;
}

} // namespace nodewall::compiler
