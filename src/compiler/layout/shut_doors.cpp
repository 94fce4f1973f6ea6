#include "compiler/layout/shut_doors.hpp"

#include "base/find.hpp"
#include "base/limits.hpp"
#include "base/sort_unique.hpp"
#include "model/service_proxy.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace nodewall::compiler {

namespace {

constexpr unsigned prefix_step = 8;

int family_number(model::family f) {
    return f == model::family::ipv4 ? 4 : 6;
}

/// Which namespaces have an address that tenants do not choose.
using given_addresses = std::map<model::ip_address, std::set<std::string>>;

given_addresses given_by_the_cluster(const model::objects& objects) {
    given_addresses all;
    for (const auto& [key, service] : objects.services)
        for (const auto* addresses : {&service.cluster_ips, &service.load_balancer_ips})
            for (const auto& address : *addresses)
                all[address].insert(key.namespace_);
    return all;
}

/// Of many addresses the wider blocks that hold them, without those that are kept out.
model::address_set within_bound(model::family f, const std::vector<model::cidr>& addresses,
                                const std::vector<model::cidr>& kept_out) {
    auto all = model::address_set::of(f, addresses);
    for (auto prefix = model::address_bits(f);
         prefix > 0 && all.block_count() > limits::shut_addresses_max; prefix -= prefix_step) {
        std::vector<model::cidr> wider;
        wider.reserve(addresses.size());
        for (const auto& address : addresses)
            wider.push_back(model::cidr::of(address.address, prefix - prefix_step));
        all = model::address_set::of(f, std::move(wider));
        all.remove(model::address_set::of(f, kept_out));
    }
    return all;
}

std::shared_ptr<const ruleset::unit> members_unit(const ruleset::set& set,
                                                  std::vector<ruleset::key> keys) {
    return ruleset::make_unit(
        set.fam, ruleset::members{.set = set.name, .type = set.type, .keys = std::move(keys)},
        std::nullopt);
}

} // namespace

ruleset::set shut_addresses_of(model::family f) {
    return {.name = fmt::format("NW-SHUT-{}-addresses", family_number(f)),
            .fam = f,
            .what = ruleset::purpose::shut,
            .type = ruleset::key_type::block};
}

ruleset::set shut_ports_of(model::family f) {
    return {.name = fmt::format("NW-SHUT-{}-ports", family_number(f)),
            .fam = f,
            .what = ruleset::purpose::shut,
            .type = ruleset::key_type::port};
}

std::vector<std::shared_ptr<const ruleset::unit>>
shut_members(const model::objects& objects,
             const std::map<model::object_key, std::string>& services,
             const model::gate_settings& s) {
    std::map<model::family, std::vector<model::cidr>> addresses;
    std::map<model::family, std::vector<ruleset::key>> ports;
    const auto given = services.empty() ? given_addresses() : given_by_the_cluster(objects);
    const auto* node = find(objects.nodes, model::object_key{"", s.node_name});
    for (const auto& [key, why] : services) {
        const auto& service = objects.services.at(key);
        const auto is_anothers = [&, &namespace_ = key.namespace_](const model::ip_address& a) {
            const auto at = given.find(a);
            return at != given.end() && (at->second.size() > 1 || !at->second.contains(namespace_));
        };
        for (const auto* some :
             {&service.external_ips, &service.load_balancer_ips, &service.cluster_ips})
            for (const auto& address : *some) {
                const bool own = node != nullptr && std::ranges::find(node->addresses, address) !=
                                                        node->addresses.end();
                if (!own && !is_anothers(address))
                    addresses[address.fam()].push_back(model::cidr::host(address));
            }
        for (const auto f : model::families)
            for (const auto& port : service.ports)
                if (port.port != 0)
                    ports[f].push_back({.block = {},
                                        .proto = static_cast<std::uint8_t>(port.proto),
                                        .port = port.port});
    }
    std::set<std::string_view> namespaces;
    for (const auto& [key, why] : services)
        namespaces.insert(key.namespace_);
    std::vector<model::cidr> kept_out;
    for (const auto& [address, those] : given)
        if (std::ranges::any_of(those, [&](const auto& n) { return !namespaces.contains(n); }))
            kept_out.push_back(model::cidr::host(address));
    if (node != nullptr)
        for (const auto& address : node->addresses)
            kept_out.push_back(model::cidr::host(address));
    std::vector<std::shared_ptr<const ruleset::unit>> units;
    for (const auto& [f, all] : addresses) {
        std::vector<ruleset::key> keys;
        for (const auto& block : within_bound(f, all, kept_out).blocks())
            keys.push_back({.block = block});
        units.push_back(members_unit(shut_addresses_of(f), std::move(keys)));
        sort_unique(ports[f]);
        units.push_back(members_unit(shut_ports_of(f), std::move(ports[f])));
    }
    return units;
}

void shut_doors::count_all(const model::objects& objects, const model::gate_settings& s) {
    for (const auto& [key, service] : objects.services)
        if (model::why_ignored(service.meta, s).empty())
            budget_.put(service);
}

void shut_doors::count(const model::object_key& key, const model::objects& objects,
                       const model::gate_settings& s, std::set<door_holder>& concerned) {
    const auto* service = find(objects.services, key);
    const bool has_doors = service != nullptr && model::why_ignored(service->meta, s).empty();
    for (const auto& other : has_doors ? budget_.put(*service) : budget_.erase(key))
        concerned.insert(door_holder::service(other));
}

void shut_doors::put_into(assembly& rules, const model::objects& objects,
                          const model::gate_settings& s) {
    for (const auto& unit : std::exchange(units_, {}))
        rules.take_out(unit);
    for (auto& unit : shut_members(objects, budget_.over(), s)) {
        units_.push_back(unit->name);
        rules.put(std::move(unit));
    }
}

void shut_doors::append_findings(std::vector<finding>& all) const {
    for (const auto& [service, why] : budget_.over())
        all.push_back({finding::kind::over_budget, door_holder::service(service).to_string(), why});
}

} // namespace nodewall::compiler
