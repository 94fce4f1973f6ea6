#include "explain/doors.hpp"

#include "model/service_proxy.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

namespace nodewall::explain {

namespace {

/// As the Service says; else as its clusterIPs are; else both.
std::set<model::family> families_of(const model::service_object& service) {
    std::set<model::family> families(service.ip_families.begin(), service.ip_families.end());
    if (families.empty())
        for (const auto& address : service.cluster_ips)
            families.insert(address.fam());
    if (families.empty())
        families = {model::families.begin(), model::families.end()};
    return families;
}

bool answers_on(const model::container_port& port, const model::ip_address& address) {
    const auto own = model::ip_address::parse(port.host_ip);
    return !own || *own == address || *own == model::ip_address::zero(address.fam());
}

/// On that address by name, whoever has it.
bool is_for(const model::container_port& port, const model::ip_address& address) {
    const auto own = model::ip_address::parse(port.host_ip);
    return own && *own == address;
}

std::string_view name_of(door_kind what) {
    static constexpr std::array<std::string_view, 4> names{"NodePort", "external address",
                                                           "clusterIP", "hostPort"};
    return names.at(static_cast<std::size_t>(what));
}

} // namespace

std::string door::to_string() const {
    return what == door_kind::host_port
               ? fmt::format("{} of pod {}", name_of(what), pod->meta.key.to_string())
               : fmt::format("{} of Service {}", name_of(what), service->meta.key.to_string());
}

door_table::door_table(const model::objects& objects, const model::gate_settings& settings)
    : settings_(settings) {
    for (const auto& [key, service] : objects.services)
        if (model::why_ignored(service.meta, settings).empty())
            budget_.put(service);
    for (const auto& [key, service] : objects.services)
        if (service.type != model::service_type::external_name && !service.headless &&
            model::why_ignored(service.meta, settings).empty())
            add_service(service);
    for (const auto& [key, pod] : objects.pods)
        if (pod.node_name == settings.node_name && pod.subject_to_policy())
            add_host_ports(pod);
}

void door_table::add_node_port(const model::service_object& service,
                               const model::service_port& port) {
    if (service.type != model::service_type::cluster_ip && port.node_port != 0)
        for (const auto f : families_of(service))
            claim({door_kind::node_port, model::ip_address::zero(f), port.proto, port.node_port},
                  service, port);
}

void door_table::add_service(const model::service_object& service) {
    const bool over = budget_.is_over(service.meta.key);
    if (over)
        over_budget_.push_back(&service);
    for (const auto& port : service.ports) {
        add_node_port(service, port);
        if (port.port == 0 || over)
            continue; // it cannot be read
        for (const auto* addresses : {&service.external_ips, &service.load_balancer_ips})
            for (const auto& address : *addresses)
                claim({door_kind::external, address, port.proto, port.port}, service, port);
        for (const auto& address : service.cluster_ips)
            claim({door_kind::cluster_ip, address, port.proto, port.port}, service, port);
    }
}

void door_table::add_host_ports(const model::pod_object& pod) {
    for (const auto& port : pod.ports)
        if (port.host_port != 0) {
            door d;
            d.what = door_kind::host_port;
            d.pod = &pod;
            d.host_port = &port;
            host_ports_.emplace(std::pair(port.proto, port.host_port), std::move(d));
        }
}

void door_table::claim(const door_key& key, const model::service_object& service,
                       const model::service_port& port) {
    auto& claims = doors_[key];
    const auto rank = [](const model::service_object& s) {
        return std::tie(s.meta.created, s.meta.key);
    };
    auto at = std::find_if(claims.begin(), claims.end(),
                           [&](const door& d) { return rank(service) <= rank(*d.service); });
    if (at == claims.end() || at->service != &service) {
        door fresh;
        fresh.what = std::get<door_kind>(key);
        fresh.service = &service;
        if (const auto why = budget_.over().find(service.meta.key); why != budget_.over().end())
            fresh.refuses = why->second;
        at = claims.insert(at, std::move(fresh));
    }
    if (std::find(at->ports.begin(), at->ports.end(), &port) == at->ports.end())
        at->ports.push_back(&port);
}

bool door_table::has_node_port(model::family f, model::protocol proto, std::uint16_t port) const {
    return doors_.contains({door_kind::node_port, model::ip_address::zero(f), proto, port});
}

bool door_table::node_ports_answer_on(const model::ip_address& address) const {
    const auto& blocks = settings_.node_port_addresses;
    return blocks.empty() || std::any_of(blocks.begin(), blocks.end(), [&](const auto& block) {
               return block.contains(address);
           });
}

bool door_table::node_ports_answer_in(model::family f) const {
    const auto& blocks = settings_.node_port_addresses;
    return blocks.empty() || std::any_of(blocks.begin(), blocks.end(),
                                         [&](const auto& block) { return block.fam() == f; });
}

void door_table::append(const door_key& key, std::vector<door>& to) const {
    if (const auto known = doors_.find(key); known != doors_.end())
        to.insert(to.end(), known->second.begin(), known->second.end());
}

std::vector<door> door_table::node_port(model::family f, model::protocol proto,
                                        std::uint16_t port) const {
    std::vector<door> found;
    if (node_ports_answer_in(f))
        append({door_kind::node_port, model::ip_address::zero(f), proto, port}, found);
    append_host_ports({model::ip_address::zero(f), proto, port}, true, found);
    return found;
}

void door_table::append_those_over_budget(const place& p, std::vector<door>& to) const {
    for (const auto* service : over_budget_) {
        const auto has = [&](const std::vector<model::ip_address>& addresses) {
            return std::find(addresses.begin(), addresses.end(), p.address) != addresses.end();
        };
        const bool inside = has(service->cluster_ips);
        if (!inside && !has(service->external_ips) && !has(service->load_balancer_ips))
            continue;
        door d;
        d.what = inside ? door_kind::cluster_ip : door_kind::external;
        d.service = service;
        d.refuses = budget_.over().at(service->meta.key);
        for (const auto& port : service->ports)
            if (port.port == p.port && port.proto == p.proto)
                d.ports.push_back(&port);
        if (!d.ports.empty())
            to.push_back(std::move(d));
    }
}

void door_table::append_host_ports(const place& p, bool local, std::vector<door>& to) const {
    const auto [first, last] = host_ports_.equal_range({p.proto, p.port});
    for (auto at = first; at != last; ++at) {
        const auto& port = *at->second.host_port;
        if (local ? answers_on(port, p.address) : is_for(port, p.address))
            to.push_back(at->second);
    }
}

std::vector<door> door_table::at(const place& p, bool local) const {
    std::vector<door> found;
    append({door_kind::external, p.address, p.proto, p.port}, found);
    append({door_kind::cluster_ip, p.address, p.proto, p.port}, found);
    if (local && node_ports_answer_on(p.address))
        append({door_kind::node_port, model::ip_address::zero(p.address.fam()), p.proto, p.port},
               found);
    append_those_over_budget(p, found);
    append_host_ports(p, local, found);
    // Tenants choose externalIPs and the numbers of ports; clusterIPs and what a load balancer gave
    // they do not.
    const auto rank = [&](const door& d) {
        if (d.what != door_kind::external)
            return d.what == door_kind::cluster_ip ? 2 : 0;
        const auto& given = d.service->load_balancer_ips;
        return std::find(given.begin(), given.end(), p.address) != given.end() ? 1 : 0;
    };
    int highest = 0;
    for (const auto& d : found)
        highest = std::max(highest, rank(d));
    for (auto& d : found)
        d.gate_asks = rank(d) == highest;
    return found;
}

} // namespace nodewall::explain
