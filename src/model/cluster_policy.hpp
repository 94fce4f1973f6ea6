// What the cluster-wide kinds of policy.networking.k8s.io say (`spec`): AdminNetworkPolicy and
// BaselineAdminNetworkPolicy (v1alpha1), ClusterNetworkPolicy (v1alpha2, v1beta1). They differ in
// words and hardly in meaning, so they have one form. Their decoders write it and their translator
// reads it; nothing else knows of it.
#pragma once

#include "model/tier.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::model {

inline constexpr std::string_view admin_network_policy_stream =
    "adminnetworkpolicies.policy.networking.k8s.io";
inline constexpr std::string_view baseline_admin_network_policy_stream =
    "baselineadminnetworkpolicies.policy.networking.k8s.io";
inline constexpr std::string_view cluster_network_policy_stream =
    "clusternetworkpolicies.policy.networking.k8s.io";

struct cluster_policy_rule {
    std::optional<action> then; // nullopt: the word is none of the kind's
    peers who;
    std::vector<port_match> ports; // empty: any port of any protocol
    /// Why the rule is not understood, be it in one part alone; who and ports then say nothing.
    std::string not_understood;
    bool operator==(const cluster_policy_rule&) const = default;
};

struct cluster_policy_spec {
    tier in = admin_tier;
    std::uint32_t priority = 0;
    /// Why it is not known in which tier or at which priority the policy stands.
    std::string place_not_understood;
    pod_query subject = pod_query::everything();
    /// Why it is not known whom the policy selects.
    std::string subject_not_understood;
    std::vector<cluster_policy_rule> ingress, egress;
    bool operator==(const cluster_policy_spec&) const = default;
};

} // namespace nodewall::model
