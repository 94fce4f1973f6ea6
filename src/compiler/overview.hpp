// How the cluster stands, for a person: which namespaces deny by default, how each front door
// stands and for whom, what selects each pod, and what was not understood.
#pragma once

#include "compiler/compiler.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nodewall::compiler {

/// A policy, as people call it.
struct policy_name {
    std::string kind; // "NetworkPolicy"
    model::object_key key;
    std::string to_string() const { return kind + ' ' + key.to_string(); }
    auto operator<=>(const policy_name&) const = default;
};

/// One direction of a namespace or a pod.
struct isolation_overview {
    /// Of a namespace: whether every pod, those to come included, is isolated and no rule of a
    /// policy that selects all of them admits everyone. Of a pod: whether a policy isolates it.
    bool denied = false;
    std::vector<policy_name> policies; // because of these
};

struct namespace_overview {
    std::string name;
    isolation_overview ingress, egress;
    std::size_t pods = 0; // subject to policy
    std::size_t isolated_ingress = 0, isolated_egress = 0;
};

struct policy_overview {
    policy_name name;
    std::string tier;
    std::uint64_t seq = 0; // the event that said so
    bool ingress = false, egress = false;
    std::size_t pods = 0; // that it selects
    std::vector<std::string> not_understood;
};

/// Whom an instruction of a decision means: everyone, or blocks and the pods of queries.
struct sources_overview {
    bool everyone = false;
    std::vector<model::cidr> blocks;
    std::vector<model::pod_query> pods;
    bool nobody() const { return !everyone && blocks.empty() && pods.empty(); }
};
sources_overview overview_of(const sources& who);

struct backend_overview {
    backend::sort what = backend::sort::pod;
    model::object_key pod; // empty for an address that is no known pod
    std::vector<model::ip_address> addresses;
    std::uint16_t port = 0; // 0: all
    bool local = false;
    const program* admits = nullptr; // in `door_overview::compiled`; without its own addresses
};

struct door_overview {
    enum class status : std::uint8_t {
        open,  ///< to everyone
        shut,  ///< to everyone but those it admits
        mixed, ///< backends differ: open to whom one of them admits
    };
    compiled_door compiled;
    status stands = status::open;
    std::vector<backend_overview> backends;
    std::vector<policy_name> policies; // that apply to a backend
    std::string remark;                // how the backends differ, or why it is never shut
};

struct pod_overview {
    model::object_key key;
    std::vector<model::ip_address> addresses;
    std::string node;
    std::string exempt; // why no policy applies to it; empty where they do
    isolation_overview ingress, egress;
};

struct overview {
    std::vector<namespace_overview> namespaces;
    std::vector<policy_overview> policies;
    std::vector<door_overview> doors; // ascending
    std::vector<pod_overview> pods;
    finding_list findings;
};

/// Of a state and what it was compiled to; both must outlive the overview.
overview look_over(const model::cluster_state& state, const compiler& compiled);

std::string_view to_string(door_overview::status s);

} // namespace nodewall::compiler
