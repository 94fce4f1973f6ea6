// What decides about front doors beside the cluster itself: an input of the ruleset, recorded in
// the log as the event CONFIGURED.
#pragma once

#include "model/address.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nodewall::model {

struct gate_settings {
    std::string node_name;
    /// Where NodePorts answer (kube-proxy's --nodeport-addresses); empty: every local address.
    std::vector<cidr> node_port_addresses;
    /// Sources that every front door admits: load balancers' health checks.
    std::vector<cidr> always_admit;
    /// TCP ports never shut on external addresses that are the node's own; at most
    /// limits::multiport_slots.
    std::vector<std::uint16_t> vital_ports{22, 179, 2379, 2380, 6443, 10250};
    /// Proxies other than kube-proxy, by service.kubernetes.io/service-proxy-name, that serve
    /// Services on this node by netfilter; ascending, each once.
    std::vector<std::string> service_proxies{};
    bool operator==(const gate_settings&) const = default;
};

} // namespace nodewall::model
