#include "codec/decode.hpp"

#include <fmt/core.h>

namespace nodewall::codec {

namespace {

model::service_type read_type(const dom::value& field) {
    const auto text = field.text();
    if (text.empty() || text == "ClusterIP")
        return model::service_type::cluster_ip;
    if (text == "NodePort")
        return model::service_type::node_port;
    if (text == "LoadBalancer")
        return model::service_type::load_balancer;
    if (text != "ExternalName")
        field.complain(fmt::format("is '{}', no type of Service", text));
    return model::service_type::external_name;
}

/// Absent, 0 and "" all stand for the Service's own port.
model::port_or_name read_target(const dom::value& field, std::uint16_t port) {
    model::port_or_name target;
    if (field.is_text())
        target.name = field.text();
    else
        target.number = static_cast<std::uint16_t>(field.integer(0, 65535));
    if (!target.given())
        target.number = port;
    return target;
}

model::service_port read_service_port(const dom::value& entry) {
    model::service_port out;
    out.name = entry["name"].text();
    out.proto = read_protocol(entry["protocol"]);
    const auto port = entry["port"];
    port.require();
    out.port = read_port(port);
    out.target_port = read_target(entry["targetPort"], out.port);
    out.node_port = static_cast<std::uint16_t>(entry["nodePort"].integer(0, 65535));
    return out;
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

void read_addresses(const dom::value& spec, model::service_object& out) {
    const auto external_ips = spec["externalIPs"];
    external_ips.each([&](const dom::value& ip) { add_address(ip, out.external_ips); });
    const auto families = spec["ipFamilies"];
    families.each([&](const dom::value& name) {
        if (name.text() == "IPv4")
            out.ip_families.push_back(model::family::ipv4);
        else if (name.text() == "IPv6")
            out.ip_families.push_back(model::family::ipv6);
        else
            name.complain(fmt::format("is '{}', not IPv4 or IPv6", name.text()));
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
    ports.each([&](const dom::value& entry) { out.ports.push_back(read_service_port(entry)); });
    if (auto selector = read_labels(spec["selector"]); selector.size() != 0)
        out.selector = std::move(selector);
    read_cluster_ips(spec, out);
    read_addresses(spec, out);
    read_load_balancer(object["status"], out.load_balancer_ips);
    out.local_traffic_only = spec["externalTrafficPolicy"].text() == "Local";
}

} // namespace nodewall::codec
