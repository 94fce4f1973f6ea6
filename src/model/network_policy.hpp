// What a NetworkPolicy says (networking.k8s.io/v1, `spec`), with the API's defaults filled in. Its
// decoder writes it and its translator reads it; nothing else knows of it.
#pragma once

#include "model/objects.hpp"
#include "model/pod_query.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::model {

inline constexpr std::string_view network_policy_stream = "networkpolicies.networking.k8s.io";

/// One entry of `from` or `to`. Exactly one of the three readings holds:
/// an ipBlock; selectors; or `not_understood` with the reason, which matches nobody.
struct policy_peer {
    std::optional<ip_block> block;
    std::optional<label_selector> namespace_selector; // nullopt: the policy's own namespace
    std::optional<label_selector> pod_selector;       // nullopt: all pods
    std::string not_understood;
    bool operator==(const policy_peer&) const = default;
};

/// One entry of `ports`. Neither number nor name: all ports of the protocol.
struct policy_port {
    protocol proto = protocol::tcp;
    port_or_name port;
    std::uint16_t end_port = 0; // 0: none; inclusive
    std::string not_understood; // not empty: matches nothing
    bool operator==(const policy_port&) const = default;
};

struct policy_rule {
    std::vector<policy_peer> peers; // empty: any source
    std::vector<policy_port> ports; // empty: any port of any protocol
    bool operator==(const policy_rule&) const = default;
};

struct network_policy_spec {
    label_selector pod_selector;
    bool isolates_ingress = false; // policyTypes, with the API's defaults filled in
    bool isolates_egress = false;
    std::vector<policy_rule> ingress;
    std::vector<policy_rule> egress;
    bool operator==(const network_policy_spec&) const = default;
};

} // namespace nodewall::model
