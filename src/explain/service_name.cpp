#include "explain/service_name.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace nodewall::explain {

namespace {

constexpr std::size_t listed_max = 16;

using service_list = std::vector<const model::service_object*>;

/// `text_of` of each, as far as they are few.
template <class List, class Text> std::string list_of(const List& things, Text text_of) {
    std::string text;
    std::size_t listed = 0;
    for (const auto& thing : things) {
        if (listed++ == listed_max)
            return text + fmt::format(" and {} more", things.size() - listed_max);
        text += (text.empty() ? "" : ", ") + text_of(thing);
    }
    return text;
}

/// "http TCP/80".
std::string text_of(const model::service_port& port) {
    return fmt::format("{}{}{}/{}", port.name, port.name.empty() ? "" : " ",
                       model::to_string(port.proto), port.port);
}

error cannot_tell(const model::object_key& service, std::string_view why) {
    return error(errc::unknown_party, fmt::format("Service {} {}", service.to_string(), why));
}

result<const model::service_object*> find_service(const model::object_key& wanted,
                                                  const model::objects& objects) {
    service_list found;
    if (!wanted.namespace_.empty()) {
        if (const auto at = objects.services.find(wanted); at != objects.services.end())
            found.push_back(&at->second);
    } else {
        for (const auto& [key, service] : objects.services)
            if (key.name == wanted.name)
                found.push_back(&service);
    }
    if (found.empty())
        return cannot_tell(wanted, "is not in the log");
    if (found.size() > 1)
        return cannot_tell(wanted,
                           fmt::format("may be one of several: ask for svc/NAMESPACE/NAME, of {}",
                                       list_of(found, [](const auto* service) {
                                           return service->meta.key.to_string();
                                       })));
    return found.front();
}

/// The port that is dialled: the one that has the number and the protocol, as far as they are
/// given.
result<const model::service_port*> port_of(const model::service_object& service,
                                           const question& q) {
    const auto& key = service.meta.key;
    if (service.ports.empty())
        return cannot_tell(key, "has no port");
    std::vector<const model::service_port*> fitting;
    for (const auto& port : service.ports)
        if ((q.port == 0 || port.port == q.port) && (!q.proto_given || port.proto == q.proto))
            fitting.push_back(&port);
    if (fitting.size() == 1)
        return fitting.front();
    return cannot_tell(
        key, fmt::format("has {} ports{}, of which --port and --protocol choose one: {}",
                         service.ports.size(), fitting.empty() ? ", and none of that number" : "",
                         list_of(service.ports, [](const auto& port) { return text_of(port); })));
}

result<model::ip_address> address_of(const model::service_object& service, const question& q) {
    const auto& all = service.cluster_ips;
    if (all.empty())
        return cannot_tell(service.meta.key, service.headless
                                                 ? "is headless: its pods are dialled, ask for one"
                                                 : "has no clusterIP that could be dialled");
    const auto* from = std::get_if<model::ip_address>(&q.from);
    const auto at = std::find_if(all.begin(), all.end(), [&](const model::ip_address& address) {
        return from == nullptr || address.fam() == from->fam();
    });
    return at == all.end() ? all.front() : *at;
}

} // namespace

result<question> with_address(question q, const model::objects& objects) {
    const auto* named = std::get_if<service_name>(&q.to);
    if (named == nullptr)
        return q;
    if (named->or_pod && objects.pods.contains(*named->or_pod)) {
        if (q.port == 0)
            return error(errc::unknown_party,
                         fmt::format("pod {} needs a port", named->or_pod->to_string()));
        q.to = model::object_key(*named->or_pod);
        return q;
    }
    const auto service = find_service(named->key, objects);
    if (!service)
        return service.error();
    const auto address = address_of(**service, q);
    if (!address)
        return address.error();
    const auto port = port_of(**service, q);
    if (!port)
        return port.error();
    q.port = (*port)->port;
    q.proto = (*port)->proto;
    q.to = *address;
    return q;
}

} // namespace nodewall::explain
