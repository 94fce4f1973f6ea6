#include "codec/decode.hpp"

#include <fmt/core.h>

namespace nodewall::codec {

namespace {

void read_ports(const dom::value& container, std::vector<model::container_port>& to) {
    const auto ports = container["ports"];
    ports.each([&](const dom::value& entry) {
        const auto number = entry["containerPort"];
        number.require();
        const auto host_port = entry["hostPort"];
        to.push_back({.name = std::string(entry["name"].text()),
                      .proto = read_protocol(entry["protocol"]),
                      .port = read_port(number),
                      .host_port = static_cast<std::uint16_t>(host_port.integer(0, 65535)),
                      .host_ip = std::string(entry["hostIP"].text())});
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
    out.host_network = spec["hostNetwork"].boolean();
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
    read_spec(object["spec"], out);
    read_status(object["status"], out);
}

} // namespace nodewall::codec
