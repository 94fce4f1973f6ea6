// How namespaces stand: which deny by default, by which policies, and which cluster-wide policies
// are asked before and after their own.
#pragma once

#include "model/cluster_state.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace nodewall::compiler {

/// A policy, as people call it.
struct policy_name {
    std::string kind; // "NetworkPolicy"
    model::object_key key;
    std::string to_string() const { return kind + ' ' + key.to_string(); }
    auto operator<=>(const policy_name&) const = default;
};
policy_name policy_name_of(const model::policy& policy);

/// Policies in the order in which they are asked: the first limits::policies_listed_max by name,
/// the others by their number.
class policy_names {
public:
    using value_type = policy_name;
    using const_iterator = std::vector<policy_name>::const_iterator;

    void add(const model::policy& policy);

    const_iterator begin() const { return named_.begin(); }
    const_iterator end() const { return named_.end(); }
    bool empty() const { return named_.empty(); }
    /// All that were added.
    std::size_t size() const { return named_.size() + further_; }
    const std::vector<policy_name>& named() const { return named_; }
    std::size_t further() const { return further_; }

private:
    std::vector<policy_name> named_;
    std::size_t further_ = 0;
};

/// One direction of a namespace.
struct namespace_side {
    /// Every pod, those to come included, is isolated, and no rule of a policy that isolates all of
    /// them admits everyone.
    bool denied = false;
    policy_names policies; // that isolate all of them
    /// Cluster-wide policies that select pods here (or would, if there were any), in the order in
    /// which they are asked: before NetworkPolicies, and after them.
    policy_names above, below;
};

struct namespace_overview {
    std::string name;
    namespace_side ingress, egress;
    std::size_t pods = 0; // subject to policy
    std::size_t isolated_ingress = 0, isolated_egress = 0;
};

/// Ascending by name. A namespace may be known by its policies and pods alone: imports need not
/// bring the object. Staged policies count nowhere.
std::vector<namespace_overview> namespaces_of(const model::cluster_state& state);

/// Whether a policy that applies to the pod in that direction isolates it: what none of them admits
/// is refused. `applies` is one of model::policy's flags.
bool isolated(const model::pod_object& pod, bool model::policy::*applies,
              const model::cluster_state& state);

} // namespace nodewall::compiler
