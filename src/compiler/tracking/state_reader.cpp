#include "compiler/tracking/state_reader.hpp"

#include "base/find.hpp"
#include "base/sort_unique.hpp"

#include <algorithm>
#include <utility>

namespace nodewall::compiler {

namespace {

bool carries(const model::label_set& labels, const model::label_set& wanted) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& pair) {
        const auto* value = labels.find(pair.first);
        return value != nullptr && *value == pair.second;
    });
}

} // namespace

std::vector<const model::endpoint_slice_object*>
state_reader::slices(const model::object_key& service) const {
    std::vector<const model::endpoint_slice_object*> slices;
    if (const auto* keys = find(state_.resolved.slices_of_service, service))
        for (const auto& key : *keys)
            if (const auto* slice = find(state_.objects.endpoint_slices, key))
                slices.push_back(slice);
    return slices;
}

door_map state_reader::doors_of(const model::service_object& service,
                                const std::string& node_name) const {
    if (!is_over_budget(service))
        return front_doors_of(service);
    const auto node = state_.objects.nodes.find({"", node_name});
    return doors_at(service, node == state_.objects.nodes.end() ? std::vector<model::ip_address>{}
                                                                : node->second.addresses);
}

const model::pod_object* state_reader::pod(const model::object_key& key) {
    tokens_.push_back(token_of_pod(key));
    return find(state_.objects.pods, key);
}

std::vector<const model::pod_object*> state_reader::pods_with(std::string_view namespace_,
                                                              const model::label_set& labels) {
    tokens_.push_back(token_of_namespace_pods(namespace_));
    std::vector<const model::pod_object*> pods;
    const auto& all = state_.objects.pods;
    for (auto at = all.lower_bound({std::string(namespace_), ""});
         at != all.end() && at->first.namespace_ == namespace_; ++at)
        if (carries(at->second.meta.labels, labels))
            pods.push_back(&at->second);
    return pods;
}

const model::pod_object* state_reader::owner(const model::ip_address& address) {
    tokens_.push_back(token_of_owner(address));
    const auto* owning = find(state_.resolved.owners, address);
    if (owning == nullptr)
        return nullptr;
    tokens_.push_back(token_of_pod((*owning)->meta.key));
    return *owning;
}

std::vector<const model::policy*> state_reader::ingress_policies(const model::pod_object& pod) {
    tokens_.push_back(token_of_pod(pod.meta.key));
    std::vector<const model::policy*> policies;
    const auto* selecting = find(state_.resolved.policies_of_pod, &pod);
    if (selecting == nullptr)
        return policies;
    for (const auto* policy : *selecting) {
        if (!policy->ingress_applies || (policy->staged && staged_ == staged_policies::left_out))
            continue;
        policies.push_back(policy);
        if (std::any_of(policy->ingress.begin(), policy->ingress.end(),
                        [](const model::tier_rule& rule) { return !rule.who.nodes.empty(); }))
            tokens_.push_back(token_of_nodes());
    }
    return policies;
}

bool state_reader::selects(const model::pod_query& query, const model::pod_object& pod) {
    tokens_.push_back(token_of_pod(pod.meta.key));
    const auto* members = find(state_.resolved.queries, query);
    return members != nullptr && members->contains(&pod);
}

std::vector<token> state_reader::take_tokens() {
    sort_unique(tokens_);
    tokens_.shrink_to_fit();
    return std::exchange(tokens_, {});
}

} // namespace nodewall::compiler
