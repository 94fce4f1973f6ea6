// Whom a selector of Calico's means: pods, and network sets, whose addresses count as peers.
#pragma once

#include "model/calico.hpp"
#include "model/cluster_state.hpp"
#include "model/tier.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::policy {

/// Where a selector looks: in one namespace, in those that a selector means, or everywhere.
struct calico_scope {
    std::optional<std::string_view> namespace_{};
    const model::calico_selector* namespaces = nullptr;
};

/// The objects beside a policy, all of one of Calico's groups. Notes which of them were looked at.
class calico_surroundings {
public:
    /// `stream` is the policy's: its group is theirs.
    calico_surroundings(const model::objects& objects, std::string_view stream);

    /// Pods that the expression means, whose service accounts are among `accounts` where that is
    /// given.
    model::pod_query pods(const model::label_expression& expression, const calico_scope& scope,
                          const std::optional<model::label_expression>& accounts);
    /// The addresses of the network sets that it means, after those that `to` has.
    void add_network_sets(const model::label_expression& expression, const calico_scope& scope,
                          std::vector<model::ip_block>& to);
    /// The service accounts as a test of pods' labels; nothing where the log knows none at all, and
    /// so cannot tell.
    std::optional<model::label_expression> accounts(const model::calico_accounts& which);
    /// nullptr where there is no such tier.
    const model::calico_tier_spec* tier(const std::string& name);
    /// The slices of a Service.
    std::vector<const model::endpoint_slice_object*> slices(const model::object_key& service);

    std::vector<model::policy_id> take_looks();

private:
    template <class Spec, class Visit> void each_part(std::string stream, Visit visit);
    model::label_set labels_of_namespace(std::string_view name);

    const model::objects& objects_;
    std::string group_; // ".projectcalico.org"
    std::set<model::policy_id> looks_;
};

} // namespace nodewall::policy
