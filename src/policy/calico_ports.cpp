#include "policy/calico_ports.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace nodewall::policy {

namespace {

using port_list = std::vector<model::calico_port>;

bool any_named(const port_list& ports) {
    return std::any_of(ports.begin(), ports.end(),
                       [](const auto& port) { return !port.name.empty(); });
}

std::vector<model::protocol> protocols_of(const model::calico_rule& rule) {
    std::vector<model::protocol> protocols;
    for (const auto p : {model::protocol::tcp, model::protocol::udp, model::protocol::sctp})
        if ((!rule.proto || *rule.proto == p) && (!rule.not_proto || *rule.not_proto != p))
            protocols.push_back(p);
    return protocols;
}

/// The numbers of `from` that are not in `taken`, in ascending ranges.
port_list without(port_list from, port_list taken) {
    const auto by_first = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::sort(from.begin(), from.end(), by_first);
    std::sort(taken.begin(), taken.end(), by_first);
    port_list left;
    for (const auto& range : from) {
        std::uint32_t next = range.first;
        const auto keep = [&](std::uint32_t until) { // exclusive
            if (next < until)
                left.push_back({.first = static_cast<std::uint16_t>(next),
                                .last = static_cast<std::uint16_t>(until - 1)});
        };
        for (const auto& hole : taken) {
            if (hole.first > range.last)
                break;
            keep(hole.first);
            next = std::max<std::uint32_t>(next, hole.last + 1U);
        }
        keep(range.last + 1U);
    }
    return left;
}

void append(const port_list& ports, const std::vector<model::protocol>& protocols,
            std::vector<model::port_match>& to) {
    for (const auto& port : ports)
        for (const auto proto : protocols)
            to.push_back(
                {.proto = proto, .first = port.first, .last = port.last, .name = port.name});
}

} // namespace

bool translate_ports(const model::calico_rule& from, model::tier_rule& to) {
    const auto protocols = protocols_of(from);
    auto ports = from.destination.ports;
    const auto& not_ports = from.destination.not_ports;
    if (protocols.empty())
        return false;
    to.any_port = protocols.size() == 3 && ports.empty() && not_ports.empty();
    if (to.any_port)
        return true;
    if (ports.empty())
        ports = {{.first = 0, .last = 65535}};
    // A name stands for numbers that only the pod knows: those cannot be taken out here.
    if (any_named(ports) || any_named(not_ports))
        append(not_ports, protocols, to.not_ports);
    else
        ports = without(std::move(ports), not_ports);
    append(ports, protocols, to.ports);
    return !to.ports.empty();
}

} // namespace nodewall::policy
