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

door_map node_ports_of(const model::service_object& service) {
    door_map doors;
    if (service.headless || (service.type != model::service_type::node_port &&
                             service.type != model::service_type::load_balancer))
        return doors;
    for (const auto& port : service.ports)
        if (port.node_port != 0)
            for (const auto f : families_of(service))
                doors[{door_class::nodeport, f, model::ip_address::zero(f), port.proto,
                       port.node_port}]
                    .push_back(&port);
    return doors;
}

std::vector<model::ip_address> external_addresses_of(const model::service_object& service) {
    auto external = service.external_ips;
    external.insert(external.end(), service.load_balancer_ips.begin(),
                    service.load_balancer_ips.end());
    return external;
}

} // namespace

door_map doors_at(const model::service_object& service,
                  const std::vector<model::ip_address>& addresses) {
    auto doors = node_ports_of(service);
    const auto external = external_addresses_of(service);
    for (const auto& address : std::set(addresses.begin(), addresses.end()))
        if (std::ranges::find(external, address) != external.end())
            for (const auto& port : service.ports)
                if (port.port != 0)
                    doors[{door_class::external, address.fam(), address, port.proto, port.port}]
                        .push_back(&port);
    return doors;
}

door_map front_doors_of(const model::service_object& service) {
    if (service.type == model::service_type::external_name || service.headless)
        return {};
    auto doors = node_ports_of(service);
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
    const auto external = external_addresses_of(service);
    for (const auto& port : service.ports) {
        if (port.port == 0)
            continue; // it cannot be read
        add_each(door_class::external, external, port);
        add_each(door_class::clusterip, service.cluster_ips, port);
    }
    return doors;
}

} // namespace nodewall::compiler
