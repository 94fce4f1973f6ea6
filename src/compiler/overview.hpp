// How the cluster stands, for a person: which namespaces deny by default, how each front door
// stands and for whom, what selects each pod, and what was not understood.
#pragma once

#include "compiler/compiler.hpp"
#include "compiler/namespaces.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nodewall::compiler {

/// One direction of a pod.
struct isolation_overview {
    bool denied = false; // a policy isolates it
    /// That apply to it, in the order in which they are asked.
    policy_names policies;
};

struct policy_overview {
    policy_name name;
    std::string tier;
    double order = 0;      // within its tier; model::last_order where it gives none
    std::uint64_t seq = 0; // the event that said so
    bool staged = false;   // it enforces nothing
    bool ingress = false, egress = false;
    std::size_t pods = 0; // that it selects
    std::vector<std::string> not_understood;
    std::string over_budget; // why it refuses everyone; empty: it does not
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
    policy_names policies; // that apply to a backend
    std::string remark;    // how the backends differ, or why it is never shut
    /// How it would stand if the staged policies were enforced; nullptr where it would not differ.
    struct {
        status stands = status::open;
        std::shared_ptr<const judgement> what;
    } staged;
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
