#include "projection/policy_index.hpp"

#include <vector>

namespace nodewall::projection {

namespace {

/// One for each use: the subject, and each peer of both directions.
std::vector<model::pod_query> queries_of(const model::network_policy_object& policy) {
    std::vector<model::pod_query> queries{query_of_subject(policy)};
    for (const auto* rules : {&policy.ingress, &policy.egress})
        for (const auto& rule : *rules)
            for (const auto& peer : rule.peers)
                if (auto query = query_of(peer, policy.meta.key.namespace_))
                    queries.push_back(std::move(*query));
    return queries;
}

std::optional<model::pod_query> subject_of(const model::network_policy_object* policy) {
    if (policy == nullptr)
        return std::nullopt;
    return query_of_subject(*policy);
}

} // namespace

void policy_changed(query_index& queries, const model::network_policy_object* before,
                    const model::network_policy_object* after) {
    if (after != nullptr)
        for (const auto& query : queries_of(*after))
            queries.acquire(query);
    queries.retarget(after != nullptr ? after : before, subject_of(before), subject_of(after));
    if (before != nullptr)
        for (const auto& query : queries_of(*before))
            queries.release(query);
}

} // namespace nodewall::projection
