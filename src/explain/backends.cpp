#include "explain/backends.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <tuple>

namespace nodewall::explain {

namespace {

auto identity(const backend& b) {
    return std::tie(b.who.address, b.port, b.who.pod, b.refuses, b.node);
}

bool carries(const model::pod_object& pod, const model::label_set& wanted) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
        const auto* value = pod.meta.labels.find(label.first);
        return value != nullptr && *value == label.second;
    });
}

std::optional<std::uint16_t> target_port(const model::service_port& port,
                                         const model::pod_object& pod) {
    const auto& target = port.target_port;
    if (target.name.empty())
        return target.number != 0 ? target.number : port.port;
    for (const auto& own : pod.ports)
        if (own.name == target.name && own.proto == port.proto)
            return own.port;
    return std::nullopt;
}

std::optional<model::ip_address> address_of(const model::pod_object& pod, model::family f) {
    for (const auto& address : pod.addresses)
        if (address.fam() == f)
            return address;
    return std::nullopt;
}

/// A pod as a backend at that address, unless it has completed.
void add_pod(const model::pod_object& pod, const model::ip_address& address, std::uint16_t port,
             std::string_view node, std::vector<backend>& to) {
    if (pod.finished())
        return;
    const auto place = node.empty() ? std::string_view(pod.node_name) : node;
    if (!pod.understood())
        to.push_back({{address, nullptr, {}},
                      port,
                      place,
                      fmt::format("is pod {}, which cannot be read whole: {}",
                                  pod.meta.key.to_string(), pod.meta.not_understood.front())});
    else if (pod.host_network)
        to.push_back({{address, nullptr, pod.node_name}, port, place, {}});
    else if (pod.addresses.empty())
        to.push_back(
            {{address, nullptr, {}},
             port,
             place,
             fmt::format("is to be pod {}, which has no address yet", pod.meta.key.to_string())});
    else
        to.push_back({{address, &pod, {}}, port, place, {}});
}

} // namespace

void sort_unique(std::vector<backend>& backends) {
    std::sort(backends.begin(), backends.end(),
              [](const backend& a, const backend& b) { return identity(a) < identity(b); });
    const auto same = [](const backend& a, const backend& b) { return identity(a) == identity(b); };
    backends.erase(std::unique(backends.begin(), backends.end(), same), backends.end());
}

backend_finder::backend_finder(const model::objects& objects, bool endpoint_slices_known,
                               const directory& parties, std::string_view here)
    : objects_(objects), endpoint_slices_known_(endpoint_slices_known), parties_(parties),
      here_(here) {
    for (const auto& [key, slice] : objects.endpoint_slices)
        if (!slice.service.empty())
            slices_[{key.namespace_, slice.service}].push_back(&slice);
}

const std::vector<backend>& backend_finder::find(const model::service_object& service,
                                                 const model::service_port& port,
                                                 model::family f) const {
    const auto [known, fresh] = found_.try_emplace({&port, f});
    if (fresh) {
        if (port.unknown)
            add_unreadable("the port of the Service cannot be read whole", known->second);
        else if (endpoint_slices_known_)
            find_endpoints(service, port, f, known->second);
        else
            find_selected(service, port, f, known->second);
        sort_unique(known->second);
    }
    return known->second;
}

void backend_finder::find_endpoints(const model::service_object& service,
                                    const model::service_port& port, model::family f,
                                    backend_list& to) const {
    const auto known = slices_.find(service.meta.key);
    if (known == slices_.end())
        return;
    for (const auto* slice : known->second)
        add_slice(*slice, port, f, to);
}

void backend_finder::add_slice(const model::endpoint_slice_object& slice,
                               const model::service_port& port, model::family f,
                               backend_list& to) const {
    const auto name = slice.meta.key.to_string();
    if (slice.unknown)
        add_unreadable(fmt::format("EndpointSlice {} cannot be read", name), to);
    if (slice.address_family != f)
        return;
    for (const auto& own : slice.ports) {
        if (!own.unknown && (own.name != port.name || own.proto != port.proto))
            continue;
        for (const auto& endpoint : slice.endpoints)
            if (own.unknown || endpoint.unknown)
                add_unreadable(fmt::format("part of EndpointSlice {} cannot be read", name), to);
            else
                add_endpoint(endpoint, own.port, to);
    }
}

/// Something that may be a backend.
void backend_finder::add_unreadable(std::string why, backend_list& to) const {
    to.push_back({{}, 0, here_, std::move(why)});
}

void backend_finder::find_selected(const model::service_object& service,
                                   const model::service_port& port, model::family f,
                                   backend_list& to) const {
    if (service.selector_unknown)
        add_unreadable("the selector of the Service cannot be read", to);
    if (!service.selector)
        return;
    const auto& namespace_ = service.meta.key.namespace_;
    for (auto at = objects_.pods.lower_bound({namespace_, {}});
         at != objects_.pods.end() && at->first.namespace_ == namespace_; ++at) {
        const auto& pod = at->second;
        if (!carries(pod, *service.selector))
            continue;
        const auto address = address_of(pod, f);
        const auto number = target_port(port, pod);
        if (!pod.understood())
            add_unreadable(fmt::format("pod {} cannot be read whole: {}", pod.meta.key.to_string(),
                                       pod.meta.not_understood.front()),
                           to);
        else if (address && number)
            add_pod(pod, *address, *number, {}, to);
    }
}

void backend_finder::add_endpoint(const model::endpoint& endpoint, std::uint16_t port,
                                  backend_list& to) const {
    if (!endpoint.target_pod.name.empty())
        return add_named(endpoint, port, to);
    if (!endpoint.address)
        return;
    const auto who = parties_.at(*endpoint.address);
    if (who.pod != nullptr)
        add_pod(*who.pod, *endpoint.address, port, endpoint.node_name, to);
    else
        to.push_back({who, port, endpoint.node_name, {}});
}

void backend_finder::add_named(const model::endpoint& endpoint, std::uint16_t port,
                               backend_list& to) const {
    const auto pod = objects_.pods.find(endpoint.target_pod);
    const bool known =
        pod != objects_.pods.end() &&
        (endpoint.target_pod_uid.empty() || endpoint.target_pod_uid == pod->second.meta.uid);
    const auto address = endpoint.address.value_or(model::ip_address{});
    if (known)
        add_pod(pod->second, address, port, endpoint.node_name, to);
    else
        to.push_back({{address, nullptr, {}},
                      port,
                      endpoint.node_name,
                      fmt::format("is to be pod {}, which the log does not know",
                                  endpoint.target_pod.to_string())});
}

} // namespace nodewall::explain
