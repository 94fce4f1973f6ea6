#include "codec/decode.hpp"

#include <fmt/core.h>

namespace nodewall::codec {

namespace {

model::container_port read_container_port(const dom::value& entry) {
    const auto number = entry["containerPort"];
    number.require();
    const auto host_port = entry["hostPort"];
    return {.name = std::string(entry["name"].text()),
            .proto = read_protocol(entry["protocol"]),
            .port = read_port(number),
            .host_port = static_cast<std::uint16_t>(host_port.integer(0, 65535)),
            .host_ip = std::string(entry["hostIP"].text())};
}

void read_ports(const dom::value& container, std::vector<model::container_port>& to) {
    const auto ports = container["ports"];
    ports.each([&](const dom::value& entry) {
        if (auto port = entry.understood(read_container_port))
            to.push_back(std::move(*port));
    });
}

model::pod_phase read_phase(const dom::value& field) {
    const auto text = field.text();
    if (text.empty() || text == "Pending")
        return model::pod_phase::pending;
    if (text == "Running")
        return model::pod_phase::running;
    if (text == "Succeeded")
        return model::pod_phase::succeeded;
    if (text == "Failed")
        return model::pod_phase::failed;
    if (text != "Unknown")
        field.complain(fmt::format("is '{}', no phase of a pod", text));
    return model::pod_phase::unknown;
}

void read_spec(const dom::value& spec, model::pod_object& out) {
    out.node_name = spec["nodeName"].text();
    out.service_account = spec["serviceAccountName"].text();
    const auto containers = spec["containers"];
    containers.each([&](const dom::value& container) { read_ports(container, out.ports); });
    const auto init_containers = spec["initContainers"];
    init_containers.each([&](const dom::value& container) {
        if (container["restartPolicy"].text() == "Always") // a sidecar: it runs beside the others
            read_ports(container, out.ports);
    });
}

void read_status(const dom::value& status, model::pod_object& out) {
    out.phase = read_phase(status["phase"]);
    out.started = read_time(status["startTime"]);
    const auto addresses = status["podIPs"];
    addresses.each([&](const dom::value& entry) { add_address(entry["ip"], out.addresses); });
    if (out.addresses.empty())
        add_address(status["podIP"], out.addresses);
}

} // namespace

void decode_pod(const dom::value& object, model::pod_object& out) {
    const auto spec = object["spec"];
    out.host_network = spec["hostNetwork"].boolean();
    const bool known = object.noted() == 0;
    read_spec(spec, out);
    read_status(object["status"], out);
    if (!known)
        out.addresses.clear();
}

} // namespace nodewall::codec
