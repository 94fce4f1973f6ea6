// The cluster as the compilation of one Service sees it: whatever it reads of other objects, it
// reads here, and every look is noted. So a compilation cannot depend on something without being
// repeated when that changes.
#pragma once

#include "compiler/dependencies.hpp"
#include "model/cluster_state.hpp"

#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace nodewall::compiler {

/// The addresses that the members of queries own, in one state of the cluster: many Services ask
/// the same queries.
using query_answers =
    std::map<std::pair<const model::pod_set*, model::family>, std::vector<model::ip_address>>;

class state_reader {
public:
    /// All must outlive the reader, and what it returns points into them. `answers` are of this
    /// state, or empty.
    state_reader(const model::cluster_state& state, query_answers& answers)
        : state_(state), answers_(answers) {}

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
    /// Every address of one family that a pod owns, ascending.
    std::vector<model::ip_address> pod_addresses(model::family f);
    /// Those that the query's members own, ascending.
    const std::vector<model::ip_address>& addresses_of(const model::pod_query& query,
                                                       model::family f);
    /// Policies that isolate the pod for ingress; two pods with the same ones have them in the same
    /// order. Notes the pod too.
    model::policy_list ingress_policies(const model::pod_object& pod);

    /// What was looked at, sorted and unique; forgets it.
    std::vector<token> take_tokens();

private:
    const model::cluster_state& state_;
    query_answers& answers_;
    std::vector<token> tokens_;
};

} // namespace nodewall::compiler
