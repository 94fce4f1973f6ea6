// The one model that every kind of policy is translated to (SEMANTICS section 4): policies, in the
// order in which a tier asks them, of rules that decide. What this version evaluates is the default
// tier with NetworkPolicies: they only allow, and a subject that one of them isolates gets nothing
// else.
//
// Values only: selectors are not resolved here. Whoever evaluates a policy asks the cluster's state
// (or, in explain/, tests the selectors itself).
#pragma once

#include "model/cluster_state.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nodewall::policy {

enum class action : std::uint8_t { allow };

/// The other ends that a rule speaks of (the sources of an ingress rule, the destinations of an
/// egress rule): a union, or anyone at all.
struct peers {
    bool any = false;
    std::vector<model::ip_block> blocks;
    std::vector<model::pod_query> pods;
    bool operator==(const peers&) const = default;
};

/// Ports of the connection's destination: a range of numbers, or a name that each pod declares for
/// itself.
struct port_match {
    model::protocol proto = model::protocol::tcp;
    std::uint16_t first = 0; // 0 to 65535: every port
    std::uint16_t last = 65535;
    std::string name; // not empty: in place of the numbers
    bool operator==(const port_match&) const = default;

    /// Whether it means this port of `pod`, by number or by the name of one of the pod's ports.
    /// Port 0 stands for all ports: it is covered where one of them is.
    bool covers(model::protocol p, std::uint16_t port, const model::pod_object& pod) const;
};

struct rule {
    action then = action::allow;
    std::size_t index = 0; // its place in the object's own list
    peers from;            // of an egress rule: to whom
    bool any_port = false; // any port of any protocol
    std::vector<port_match> ports;
    bool operator==(const rule&) const = default;

    bool covers(model::protocol p, std::uint16_t port, const model::pod_object& pod) const;
};

struct policy {
    model::object_key key;
    std::uint64_t seq = 0;   // the event that said so
    std::uint32_t order = 0; // within its tier, ascending
    model::pod_query subject;
    bool isolates_ingress = false;
    bool isolates_egress = false;
    std::vector<rule> ingress;
    std::vector<rule> egress;
    /// What the translation had to leave out, a sentence each; one about a rule begins with
    /// "ingress[N]" or "egress[N]".
    std::vector<std::string> not_understood;
};

} // namespace nodewall::policy
