// The cluster as the log tells it: `objects` as the API said them, and `resolved`, indexes over
// them. Written by projection/ alone; everyone else reads.
#pragma once

#include "model/objects.hpp"
#include "model/pod_query.hpp"
#include "model/tier.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nodewall::model {

struct objects {
    std::map<object_key, namespace_object> namespaces;
    std::map<object_key, node_object> nodes;
    std::map<object_key, pod_object> pods;
    std::map<object_key, service_object> services;
    std::map<object_key, endpoint_slice_object> endpoint_slices;
    std::map<policy_id, policy_object> policies;
    std::map<policy_id, policy_part> policy_parts;
};

/// The pods that the Service selects; nothing for a Service without selector.
std::optional<pod_query> query_of_selector(const service_object& service);

/// The pods are known by their places in `objects`, in no order. Flat, because a large cluster has
/// hundreds of thousands of memberships; hashed, because a pod that comes or goes must not move all
/// the others.
using pod_set = boost::unordered_flat_set<const pod_object*>;
/// Places in `resolved.policies`, in the order in which they are asked.
using policy_list = std::vector<const policy*>;

struct resolved {
    /// Members of each query that a policy uses, or a Service while no endpoint slices are known:
    /// pods subject to policy whose labels match. pod_query::everything() is always among them.
    std::map<pod_query, pod_set> queries;
    /// The live pod that owns each address (SEMANTICS section 1 and DESIGN section 5, ties).
    std::map<ip_address, const pod_object*> owners;
    /// Every policy, translated. A policy keeps its place while its object exists.
    std::map<policy_id, policy> policies;
    /// Policies whose subject each pod is; pods without any are absent.
    std::unordered_map<const pod_object*, policy_list> policies_of_pod;
    /// Endpoint slices of each Service.
    std::map<object_key, std::set<object_key>> slices_of_service;
};

struct cluster_state {
    model::objects objects;
    model::resolved resolved;
    std::uint64_t seq = 0; // the last event folded in
    /// Whether the log ever held an EndpointSlice or a list of them: else Services fall back to
    /// their selector.
    bool endpoint_slices_known = false;
    /// Objects that could not be decoded: key "stream namespace/name", and why. They count as
    /// absent.
    std::map<std::string, std::string> undecodable;
    /// Objects of which parts are not understood, by the same keys: meta.not_understood.
    std::map<std::string, std::vector<std::string>> not_understood;
};

/// What an event changed, in terms that a compiled unit can depend on.
struct change {
    enum class what : std::uint8_t {
        service, ///< the Service, or its slices
        pod,     ///< the pod's content, existence, or which policies select it, in which order
        policy,  ///< the content of the policy `policy`
        query,   ///< addresses that members of `query` own, within `block`
        address_owner, ///< who owns `address`
        node,          ///< the Node
        everything,
    };
    what kind = what::everything;
    object_key key;
    policy_id policy;
    pod_query query;
    /// One that members_block() gives; absent: all of it, because the query comes into use.
    std::optional<cidr> block;
    ip_address address;
    bool operator==(const change&) const = default;
    /// Some total order.
    friend std::strong_ordering operator<=>(const change& a, const change& b);
};

} // namespace nodewall::model
