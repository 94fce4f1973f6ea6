// How the cluster stands, for a person: which namespaces deny by default, how each front door
// stands and for whom, what selects each pod, and what was not understood.
#pragma once

#include "compiler/backends.hpp"
#include "compiler/compiler.hpp"
#include "model/cluster_state.hpp"
#include "model/gate_settings.hpp"
#include "model/layout.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nodewall::compiler {

/// One direction of a namespace or a pod.
struct isolation_overview {
    /// Of a namespace: whether every pod, those to come included, is isolated and no rule of a
    /// policy that selects all of them admits everyone. Of a pod: whether a policy isolates it.
    bool denied = false;
    std::vector<model::object_key> policies; // because of these
};

struct namespace_overview {
    std::string name;
    isolation_overview ingress, egress;
    std::size_t pods = 0; // subject to policy
    std::size_t isolated_ingress = 0, isolated_egress = 0;
};

struct policy_overview {
    model::object_key key;
    std::uint64_t seq = 0; // the event that said so
    bool ingress = false, egress = false;
    std::size_t pods = 0; // that it selects
    std::vector<std::string> not_understood;
};

/// Whom a front door or a backend lets in: everyone, or blocks and pods.
struct admission_overview {
    bool everyone = false;
    std::vector<model::cidr> blocks;
    std::vector<model::ip_address> pods;
    bool nobody() const { return !everyone && blocks.empty() && pods.empty(); }
};

struct backend_overview {
    backend::sort what = backend::sort::pod;
    model::object_key pod; // empty for an address that is no known pod
    std::vector<model::ip_address> addresses;
    std::uint16_t port = 0; // 0: all
    bool local = false;
    admission_overview admits;
};

struct door_overview {
    enum class status : std::uint8_t {
        open,  ///< to everyone
        shut,  ///< to everyone but those it admits
        mixed, ///< backends differ: open to whom one of them admits
    };
    model::layout::door door;
    status stands = status::open;
    model::object_key service;
    std::vector<model::object_key> rivals; // Services that claim it too and do not have it
    /// Doors of other classes that are one with it (SEMANTICS section 3), and their Services: what
    /// follows is said of all together.
    std::vector<std::pair<model::layout::door, model::object_key>> one_with;
    admission_overview admits;
    std::vector<backend_overview> backends;
    std::vector<model::object_key> policies; // that isolate a backend
    std::string remark;                      // how the backends differ
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

overview look_over(const model::cluster_state& state, const model::gate_settings& s);

std::string_view to_string(door_overview::status s);

} // namespace nodewall::compiler
