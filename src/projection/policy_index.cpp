#include "projection/policy_index.hpp"

#include <tuple>

namespace nodewall::projection {

namespace {

/// Calls f for each use of a query: the subject, and each peer of both directions.
template <class F> void each_query(const model::policy& policy, F f) {
    f(policy.subject);
    for (const auto* rules : {&policy.ingress, &policy.egress})
        for (const auto& rule : *rules)
            for (const auto& query : rule.who.pods)
                f(query);
}

/// Whether both are asked at the same place among the others.
bool same_place(const model::policy& a, const model::policy& b) {
    return std::tie(a.in, a.order) == std::tie(b.in, b.order);
}

} // namespace

void policy_index::policy_changed(const model::policy_object* before,
                                  const model::policy_object* after) {
    changes_.policy((after != nullptr ? after : before)->id());
    if (after != nullptr)
        put(*after);
    else
        erase(before->id());
}

void policy_index::policy_repeated(const model::policy_object& object) {
    resolved_.policies.at(object.id()).seq = object.meta.seq;
}

void policy_index::put(const model::policy_object& object) {
    auto& stored = resolved_.policies[object.id()];
    const auto fresh = translators_.translate(object);
    each_query(fresh, [&](const auto& query) { queries_.acquire(query); });
    const bool known = !stored.id.stream.empty();
    const auto before = std::exchange(stored, fresh);
    if (!known) {
        queries_.retarget(&stored, nullptr, &stored.subject);
        return;
    }
    if (!same_place(before, stored))
        queries_.reorder(&stored, before.subject);
    queries_.retarget(&stored, &before.subject, &stored.subject);
    each_query(before, [&](const auto& query) { queries_.release(query); });
}

void policy_index::erase(const model::policy_id& id) {
    const auto at = resolved_.policies.find(id);
    queries_.retarget(&at->second, &at->second.subject, nullptr);
    each_query(at->second, [&](const auto& query) { queries_.release(query); });
    resolved_.policies.erase(at);
}

} // namespace nodewall::projection
