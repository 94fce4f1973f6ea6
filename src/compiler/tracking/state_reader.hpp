// The cluster as the compilation of one Service sees it: whatever it reads of other objects, it
// reads here, and every look is noted. So a compilation cannot depend on something without being
// repeated when that changes.
#pragma once

#include "compiler/doors/front_doors.hpp"
#include "compiler/tracking/dependencies.hpp"
#include "model/cluster_state.hpp"
#include "policy/door_budget.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace nodewall::compiler {

/// Whether policies that enforce nothing are left out, or compiled as if they were enforced: what
/// they would do.
enum class staged_policies : std::uint8_t { left_out, enforced };

class state_reader {
public:
    /// The state must outlive the reader, and what the reader returns points into it.
    explicit state_reader(const model::cluster_state& state, const policy::door_budget& budget,
                          staged_policies staged = staged_policies::left_out)
        : state_(state), budget_(budget), staged_(staged) {}

    /// A Service over its budget refuses everyone.
    bool is_over_budget(const model::service_object& service) const {
        return budget_.is_over(service.meta.key);
    }
    /// Of one over its budget those alone at the node's own addresses; the others are refused
    /// together (layout/shut_doors.hpp).
    door_map doors_of(const model::service_object& service, const std::string& node_name) const;

    bool endpoint_slices_known() const { return state_.endpoint_slices_known; }
    /// The slices of a Service; changes of them are changes of the Service, and not noted.
    std::vector<const model::endpoint_slice_object*> slices(const model::object_key& service) const;

    /// nullptr where the log knows no such pod.
    const model::pod_object* pod(const model::object_key& key);
    /// All pods of the namespace that carry the labels.
    std::vector<const model::pod_object*> pods_with(std::string_view namespace_,
                                                    const model::label_set& labels);
    /// nullptr where no pod owns the address. Notes the pod too.
    const model::pod_object* owner(const model::ip_address& address);
    /// Policies that apply to the pod for ingress, in the order in which they are asked. Notes the
    /// pod, of which they are part, and the nodes where a rule speaks of them.
    std::vector<const model::policy*> ingress_policies(const model::pod_object& pod);

    /// Whether the query, which a policy asks of its subjects (model::tier_rule::subject), selects
    /// the pod. Notes the pod.
    bool selects(const model::pod_query& query, const model::pod_object& pod);

    /// What was looked at, sorted and unique; forgets it.
    std::vector<token> take_tokens();

private:
    const model::cluster_state& state_;
    const policy::door_budget& budget_;
    staged_policies staged_;
    std::vector<token> tokens_;
};

} // namespace nodewall::compiler
