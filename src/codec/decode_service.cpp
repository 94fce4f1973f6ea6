#include "codec/decode.hpp"

#include <fmt/core.h>

namespace nodewall::codec {

namespace {

/// One that cannot be read may have every sort of door.
model::service_type read_type(const dom::value& field) {
    const auto text = field.text();
    const bool absent = !field.present() || (field.is_text() && text.empty());
    if (absent || text == "ClusterIP")
        return model::service_type::cluster_ip;
    if (text == "NodePort")
        return model::service_type::node_port;
    if (text == "ExternalName")
        return model::service_type::external_name;
    if (field.is_text() && text != "LoadBalancer")
        field.complain(fmt::format("is '{}', no type of Service", text));
    return model::service_type::load_balancer;
}

/// Absent, 0 and "" all stand for the Service's own port.
model::port_or_name read_target(const dom::value& field, std::uint16_t port) {
    model::port_or_name target;
    if (field.is_text() && !field.text().empty())
        target.name = read_port_name(field);
    else if (!field.is_text())
        target.number = static_cast<std::uint16_t>(field.integer(0, 65535));
    if (!target.given())
        target.number = port;
    return target;
}

/// Adds nothing where no door can be told from the entry.
void add_port(const dom::value& entry, std::vector<model::service_port>& to) {
    const auto protocol = entry["protocol"];
    const auto proto = protocol.understood(read_protocol);
    const auto port = entry["port"];
    port.require();
    model::service_port out{.proto = proto.value_or(model::protocol::tcp), .port = read_port(port)};
    out.node_port = static_cast<std::uint16_t>(entry["nodePort"].integer(0, 65535));
    const auto before = entry.noted();
    out.name = entry["name"].text();
    out.target_port = read_target(entry["targetPort"], out.port);
    out.unknown = entry.noted() != before || !out.target_port.given();
    if (proto && (out.port != 0 || out.node_port != 0))
        to.push_back(std::move(out));
}

void read_selector_labels(const dom::value& field, model::service_object& out) {
    auto labels = field.understood(read_labels);
    out.selector_unknown = !labels;
    if (labels && labels->size() != 0)
        out.selector = std::move(*labels);
}

void read_cluster_ips(const dom::value& spec, model::service_object& out) {
    const auto read = [&](const dom::value& ip) {
        if (ip.text() == "None")
            out.headless = true;
        else
            add_address(ip, out.cluster_ips);
    };
    const auto several = spec["clusterIPs"];
    several.each(read);
    if (out.cluster_ips.empty())
        read(spec["clusterIP"]);
}

void read_families(const dom::value& spec, model::service_object& out) {
    const auto families = spec["ipFamilies"];
    families.each([&](const dom::value& name) {
        if (name.text() == "IPv4")
            out.ip_families.push_back(model::family::ipv4);
        else if (name.text() == "IPv6")
            out.ip_families.push_back(model::family::ipv6);
        else if (name.is_text())
            name.complain(fmt::format("is '{}', not IPv4 or IPv6", name.text()));
        else
            name.require();
    });
}

void read_load_balancer(const dom::value& status, std::vector<model::ip_address>& to) {
    const auto load_balancer = status["loadBalancer"];
    const auto ingress = load_balancer["ingress"];
    ingress.each([&](const dom::value& entry) {
        if (entry["ipMode"].text() != "Proxy") // its traffic does not arrive with this address
            add_address(entry["ip"], to);
    });
}

} // namespace

void decode_service(const dom::value& object, model::service_object& out) {
    const auto spec = object["spec"];
    out.type = read_type(spec["type"]);
    const auto ports = spec["ports"];
    ports.each([&](const dom::value& entry) { add_port(entry, out.ports); });
    read_selector_labels(spec["selector"], out);
    const auto before = object.noted();
    read_cluster_ips(spec, out);
    read_families(spec, out);
    if (object.noted() != before) // a family may be missing
        out.ip_families.assign(model::families.begin(), model::families.end());
    const auto external_ips = spec["externalIPs"];
    external_ips.each([&](const dom::value& ip) { add_address(ip, out.external_ips); });
    read_load_balancer(object["status"], out.load_balancer_ips);
    out.external_traffic_local = spec["externalTrafficPolicy"].text() == "Local";
    out.internal_traffic_local = spec["internalTrafficPolicy"].text() == "Local";
}

} // namespace nodewall::codec
