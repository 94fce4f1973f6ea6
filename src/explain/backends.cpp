#include "explain/backends.hpp"

#include "model/service_proxy.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <tuple>

namespace nodewall::explain {

namespace {

auto identity(const backend& b) {
    return std::tie(b.who.address, b.port, b.who.pod, b.refuses, b.node, b.namespace_, b.nobodys,
                    b.foreign);
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

bool has(const model::pod_object& pod, const model::ip_address& address) {
    return std::find(pod.addresses.begin(), pod.addresses.end(), address) != pod.addresses.end();
}

bool is_named(const model::endpoint& endpoint, const model::pod_object& pod) {
    return endpoint.target_pod == pod.meta.key &&
           (endpoint.target_pod_uid.empty() || endpoint.target_pod_uid == pod.meta.uid);
}

/// A pod as a backend at that address, unless it has completed.
void add_pod(const model::pod_object& pod, const model::ip_address& address, std::uint16_t port,
             std::string_view node, std::string_view of_service, std::vector<backend>& to) {
    if (pod.finished())
        return;
    const std::string_view own = pod.meta.key.namespace_;
    const auto place = node.empty() ? std::string_view(pod.node_name) : node;
    if (!pod.understood())
        to.push_back({{address, nullptr, {}},
                      port,
                      place,
                      fmt::format("is pod {}, which cannot be read whole: {}",
                                  pod.meta.key.to_string(), pod.meta.not_understood.front()),
                      own});
    else if (pod.host_network && has(pod, address))
        to.push_back({{address, nullptr, pod.node_name}, port, place, {}, own});
    else if (pod.host_network)
        to.push_back({{address, nullptr, pod.node_name}, port, place, {}, of_service, true});
    else if (pod.addresses.empty())
        to.push_back(
            {{address, nullptr, {}},
             port,
             place,
             fmt::format("is to be pod {}, which has no address yet", pod.meta.key.to_string()),
             own});
    else
        to.push_back({{address, &pod, {}}, port, place, {}, own});
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
            add_unreadable("the port of the Service cannot be read whole",
                           service.meta.key.namespace_, known->second);
        else if (endpoint_slices_known_)
            find_endpoints(service, port, f, known->second);
        else
            find_selected(service, port, f, known->second);
        for (auto& b : known->second)
            b.foreign = b.namespace_ != service.meta.key.namespace_;
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
        if (model::same_proxy(service.meta, slice->meta))
            add_slice(*slice, port, f, to);
}

void backend_finder::add_slice(const model::endpoint_slice_object& slice,
                               const model::service_port& port, model::family f,
                               backend_list& to) const {
    const auto name = slice.meta.key.to_string();
    const std::string_view of = slice.meta.key.namespace_;
    if (slice.unknown)
        add_unreadable(fmt::format("EndpointSlice {} cannot be read", name), of, to);
    if (slice.address_family != f)
        return;
    for (const auto& own : slice.ports) {
        if (!own.unknown && (own.name != port.name || own.proto != port.proto))
            continue;
        for (const auto& endpoint : slice.endpoints)
            if (own.unknown || endpoint.unknown)
                add_unreadable(fmt::format("part of EndpointSlice {} cannot be read", name), of,
                               to);
            else
                add_endpoint(endpoint, own.port, of, to);
    }
}

/// Something that may be a backend.
void backend_finder::add_unreadable(std::string why, std::string_view of, backend_list& to) const {
    to.push_back({{}, 0, here_, std::move(why), of});
}

void backend_finder::find_selected(const model::service_object& service,
                                   const model::service_port& port, model::family f,
                                   backend_list& to) const {
    if (service.selector_unknown)
        add_unreadable("the selector of the Service cannot be read", service.meta.key.namespace_,
                       to);
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
                           pod.meta.key.namespace_, to);
        else if (address && number)
            add_pod(pod, *address, *number, {}, pod.meta.key.namespace_, to);
    }
}

/// Who owns the address is the backend, whatever the endpoint says that it is.
void backend_finder::add_endpoint(const model::endpoint& endpoint, std::uint16_t port,
                                  std::string_view of, backend_list& to) const {
    const bool named = !endpoint.target_pod.name.empty();
    if (!endpoint.address) {
        if (named)
            add_named(endpoint, port, of, to);
        return;
    }
    const auto who = parties_.at(*endpoint.address);
    if (who.pod == nullptr && named)
        add_named(endpoint, port, of, to);
    else if (who.pod == nullptr)
        to.push_back({who, port, endpoint.node_name, {}, of, true});
    else if (!named || is_named(endpoint, *who.pod))
        add_pod(*who.pod, *endpoint.address, port, endpoint.node_name, of, to);
    else
        to.push_back({{*endpoint.address, nullptr, {}},
                      port,
                      endpoint.node_name,
                      fmt::format("is said to be pod {}, and is pod {}",
                                  endpoint.target_pod.to_string(), who.pod->meta.key.to_string()),
                      who.pod->meta.key.namespace_});
}

void backend_finder::add_named(const model::endpoint& endpoint, std::uint16_t port,
                               std::string_view of, backend_list& to) const {
    const auto pod = objects_.pods.find(endpoint.target_pod);
    const auto address = endpoint.address.value_or(model::ip_address{});
    if (pod != objects_.pods.end() && is_named(endpoint, pod->second))
        add_pod(pod->second, address, port, endpoint.node_name, of, to);
    else
        to.push_back({{address, nullptr, {}},
                      port,
                      endpoint.node_name,
                      fmt::format("is to be pod {}, which the log does not know",
                                  endpoint.target_pod.to_string()),
                      endpoint.target_pod.namespace_});
}

} // namespace nodewall::explain
