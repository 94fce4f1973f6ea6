#include "policy/door_budget.hpp"

#include "base/limits.hpp"

#include <fmt/core.h>

#include <utility>

namespace nodewall::policy {

std::size_t door_budget::doors_of(const model::service_object& service) {
    if (service.type == model::service_type::external_name || service.headless)
        return 0;
    const auto addresses =
        service.external_ips.size() + service.load_balancer_ips.size() + service.cluster_ips.size();
    const auto node_ports =
        service.type == model::service_type::cluster_ip ? 0 : model::families.size();
    return service.ports.size() * (addresses + node_ports);
}

std::set<model::object_key> door_budget::put(const model::service_object& service) {
    const auto& key = service.meta.key;
    forget(key);
    const auto doors = doors_of(service);
    if (doors > limits::object_doors_max) {
        too_large_.emplace(
            key, fmt::format("refuses everyone: it has {} front doors (addresses by ports), over "
                             "the budget of {} for one object: give it fewer externalIPs or ports, "
                             "or split it",
                             doors, limits::object_doors_max));
    } else if (doors != 0) {
        auto& of = namespaces_[key.namespace_];
        of.doors.emplace(key, doors);
        of.all += doors;
    }
    return recount(key.namespace_);
}

std::set<model::object_key> door_budget::erase(const model::object_key& service) {
    forget(service);
    return recount(service.namespace_);
}

bool door_budget::is_over(const model::object_key& service) const {
    return over_.contains(service);
}

void door_budget::forget(const model::object_key& service) {
    too_large_.erase(service);
    const auto of = namespaces_.find(service.namespace_);
    if (of == namespaces_.end())
        return;
    if (const auto at = of->second.doors.find(service); at != of->second.doors.end()) {
        of->second.all -= at->second;
        of->second.doors.erase(at);
    }
    if (of->second.doors.empty())
        namespaces_.erase(of);
}

/// In the order of their names, those that do not fit any more.
std::set<model::object_key> door_budget::recount(const std::string& namespace_) {
    std::map<model::object_key, std::string> now;
    const auto of_namespace = [&](std::map<model::object_key, std::string>& all) {
        const auto first = all.lower_bound({.namespace_ = namespace_, .name = {}});
        auto last = first;
        while (last != all.end() && last->first.namespace_ == namespace_)
            ++last;
        return std::pair(first, last);
    };
    const auto [large, behind_large] = of_namespace(too_large_);
    now.insert(large, behind_large);
    const auto of = namespaces_.find(namespace_);
    if (of != namespaces_.end() && of->second.all > limits::namespace_doors_max) {
        std::size_t taken = 0;
        for (const auto& [key, doors] : of->second.doors) {
            if (taken + doors <= limits::namespace_doors_max) {
                taken += doors;
                continue;
            }
            now.emplace(key, fmt::format("refuses everyone: its {} front doors do not fit beside "
                                         "those of the other Services of namespace {}, which has "
                                         "a budget of {}: give them fewer externalIPs or ports",
                                         doors, namespace_, limits::namespace_doors_max));
        }
    }
    std::set<model::object_key> changed;
    const auto [begin, end] = of_namespace(over_);
    for (auto at = begin; at != end; ++at)
        if (!now.contains(at->first))
            changed.insert(at->first);
    for (const auto& [key, why] : now)
        if (!over_.contains(key))
            changed.insert(key);
    over_.erase(begin, end);
    over_.merge(now);
    return changed;
}

} // namespace nodewall::policy
