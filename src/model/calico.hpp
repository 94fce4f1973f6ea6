// What Calico's objects say (projectcalico.org/v3 and crd.projectcalico.org/v1, `spec`), with the
// API's defaults filled in. Their decoder writes it and their translator reads it; nothing else
// knows of it.
#pragma once

#include "model/labels.hpp"
#include "model/objects.hpp"
#include "model/tier.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::model {

/// Both groups serve the same kinds; the objects of one cluster are in one of them.
inline constexpr std::string_view calico_groups[] = {"projectcalico.org", "crd.projectcalico.org"};

/// A selector as it was read; where it is not valid, the reason.
struct calico_selector {
    label_expression holds{};
    std::string invalid{};
    bool operator==(const calico_selector&) const = default;
};

/// An entry of `ports` or `notPorts`: a range, or a name.
struct calico_port {
    std::uint16_t first = 0, last = 0;
    std::string name{}; // not empty: in place of the numbers
    bool operator==(const calico_port&) const = default;
};

struct calico_accounts {
    std::vector<std::string> names{};          // empty: any
    std::optional<calico_selector> selector{}; // over their labels
    bool operator==(const calico_accounts&) const = default;
};

/// One end of a rule. What is empty or absent asks nothing.
struct calico_entity {
    std::vector<cidr> nets{}, not_nets{};
    std::optional<calico_selector> selector{}, not_selector{}, namespaces{};
    std::optional<calico_accounts> accounts{};
    std::optional<object_key> service{}; // its endpoints; an empty namespace: the policy's own
    std::vector<calico_port> ports{}, not_ports{};
    bool operator==(const calico_entity&) const = default;
};

/// TCP, UDP and SCTP; nothing: another one, which no rule of ours ever sees.
using calico_protocol = std::optional<protocol>;

struct calico_rule {
    action then = action::deny;
    std::optional<calico_protocol> proto{}, not_proto{};
    std::optional<family> fam{};
    calico_entity source{}, destination{};
    std::string not_understood{}; // not empty: what the rest says does not count
    bool operator==(const calico_rule&) const = default;
};

struct calico_policy_spec {
    std::string tier = "default";
    double order = last_order;
    bool place_unknown = false; // tier or order cannot be read
    std::optional<calico_selector> selector{}, namespaces{}, accounts{}; // of the subjects
    bool ingress_applies = false;                                        // `types`
    bool egress_applies = false;
    std::vector<calico_rule> ingress{}, egress{};
    /// Why the policy says nothing of pods: "preDNAT"; empty where it does.
    std::string of_hosts_alone{};
    bool on_forward = false;
    bool operator==(const calico_policy_spec&) const = default;
};

struct calico_tier_spec {
    double order = last_order;
    tier_end at_end = tier_end::deny;
    bool operator==(const calico_tier_spec&) const = default;
};

/// Of a GlobalNetworkSet or a NetworkSet; its labels stand in the object's metadata.
struct network_set_spec {
    std::vector<cidr> nets{};
    bool operator==(const network_set_spec&) const = default;
};

/// Of a ServiceAccount, of which the name and the labels count alone.
struct no_spec {
    bool operator==(const no_spec&) const = default;
};

inline constexpr std::string_view service_account_stream = "serviceaccounts";

} // namespace nodewall::model
