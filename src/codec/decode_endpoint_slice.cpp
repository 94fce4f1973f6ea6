#include "codec/decode.hpp"

#include <fmt/core.h>

#include <utility>

namespace nodewall::codec {

namespace {

/// Nothing for FQDN, and where it cannot be read.
std::optional<model::family> read_address_type(const dom::value& field) {
    field.require();
    const auto text = field.text();
    if (text == "IPv4")
        return model::family::ipv4;
    if (text == "IPv6")
        return model::family::ipv6;
    if (field.is_text() && text != "FQDN")
        field.complain(fmt::format("is '{}', not IPv4, IPv6 or FQDN", text));
    return std::nullopt;
}

/// discovery.k8s.io/v1 has nodeName; v1beta1 the host name among the topology labels.
std::string read_node_name(const dom::value& entry) {
    const auto name = entry["nodeName"].text();
    const auto topology = entry["topology"];
    return std::string(!name.empty() ? name : topology["kubernetes.io/hostname"].text());
}

model::endpoint_port read_endpoint_port(const dom::value& entry) {
    return {.name = std::string(entry["name"].text()),
            .proto = read_protocol(entry["protocol"]),
            .port = read_port(entry["port"])};
}

/// No meaning is defined for those behind it, and the API server does not ask that they be right
/// for anybody (discovery.k8s.io/v1, Endpoint.addresses).
std::optional<model::ip_address> read_first_address(const dom::value& list) {
    std::vector<model::ip_address> first;
    bool looked = false;
    list.each([&](const dom::value& text) {
        if (!std::exchange(looked, true))
            add_address(text, first);
    });
    return first.empty() ? std::nullopt : std::optional(first.front());
}

model::endpoint read_endpoint(const dom::value& entry, std::string_view slice_namespace) {
    model::endpoint out;
    out.address = read_first_address(entry["addresses"]);
    out.node_name = read_node_name(entry);
    const auto target = entry["targetRef"];
    if (target["kind"].text() == "Pod") {
        const auto named = target["namespace"].text();
        out.target_pod = {.namespace_ = std::string(named.empty() ? slice_namespace : named),
                          .name = std::string(target["name"].text())};
        out.target_pod_uid = target["uid"].text();
    }
    return out;
}

} // namespace

void decode_endpoint_slice(const dom::value& object, model::endpoint_slice_object& out) {
    if (const auto* service = out.meta.labels.find("kubernetes.io/service-name"))
        out.service = *service;
    const auto before = object.noted();
    out.address_family = read_address_type(object["addressType"]);
    out.unknown = object.noted() != before;
    if (!out.address_family)
        return;
    const auto endpoints = object["endpoints"];
    endpoints.each([&](const dom::value& entry) {
        const auto read = [&](const dom::value& e) {
            return read_endpoint(e, out.meta.key.namespace_);
        };
        out.endpoints.push_back(entry.understood(read).value_or(model::endpoint{.unknown = true}));
    });
    const auto ports = object["ports"];
    ports.each([&](const dom::value& entry) {
        out.ports.push_back(
            entry.understood(read_endpoint_port).value_or(model::endpoint_port{.unknown = true}));
    });
    out.unknown =
        (endpoints.present() && !endpoints.is_array()) || (ports.present() && !ports.is_array());
}

} // namespace nodewall::codec
