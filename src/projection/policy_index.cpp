#include "projection/policy_index.hpp"

#include <tuple>

namespace nodewall::projection {

namespace {

/// Whether both are asked at the same place among the others.
bool same_place(const model::policy& a, const model::policy& b) {
    return std::tie(a.in, a.order) == std::tie(b.in, b.order);
}

} // namespace

/// Calls `query` for each use of a query: the subject, and each peer of both directions; and
/// `asked` for those that a rule asks of its subjects.
template <class Query, class Asked>
void policy_index::each_query(const model::policy& policy, Query query, Asked asked) {
    query(policy.subject);
    for (const auto* rules : {&policy.ingress, &policy.egress})
        for (const auto& rule : *rules) {
            for (const auto& peer : rule.who.pods)
                query(peer);
            for (const auto& condition : rule.also)
                for (const auto& peer : condition.who.pods)
                    query(peer);
            for (const auto& condition : rule.subject)
                for (const auto& own : condition.who.pods)
                    asked(own);
        }
}

void policy_index::policy_changed(const model::policy_object* before,
                                  const model::policy_object* after) {
    changes_.policy((after != nullptr ? after : before)->id());
    if (after != nullptr)
        put(*after, translators_.translate(*after, objects_));
    else
        erase(before->id());
}

void policy_index::policy_repeated(const model::policy_object& object) {
    resolved_.policies.at(object.id()).seq = object.meta.seq;
}

void policy_index::touched(const model::policy_id& object) {
    for (const auto& which : {object, model::policy_id{object.stream, {}}})
        if (const auto at = resting_.find(which); at != resting_.end())
            stale_.insert(at->second.begin(), at->second.end());
}

void policy_index::settle() {
    for (const auto& id : std::exchange(stale_, {})) {
        const auto& object = objects_.policies.at(id);
        auto fresh = translators_.translate(object, objects_);
        if (fresh == resolved_.policies.at(id))
            continue;
        changes_.policy(id);
        put(object, std::move(fresh));
    }
}

void policy_index::put(const model::policy_object& object, model::policy fresh) {
    auto& stored = resolved_.policies[object.id()];
    each_query(
        fresh, [&](const auto& query) { queries_.acquire(query); },
        [&](const auto& query) { queries_.ask_of_subjects(query); });
    const bool known = !stored.id.stream.empty();
    const auto before = std::exchange(stored, std::move(fresh));
    rest_no_more(before);
    rest_on(stored);
    if (!known) {
        queries_.retarget(&stored, nullptr, &stored.subject);
        return;
    }
    if (!same_place(before, stored))
        queries_.reorder(&stored, before.subject);
    queries_.retarget(&stored, &before.subject, &stored.subject);
    each_query(
        before, [&](const auto& query) { queries_.release(query); },
        [&](const auto& query) { queries_.ask_no_more(query); });
}

void policy_index::erase(const model::policy_id& id) {
    const auto at = resolved_.policies.find(id);
    queries_.retarget(&at->second, &at->second.subject, nullptr);
    each_query(
        at->second, [&](const auto& query) { queries_.release(query); },
        [&](const auto& query) { queries_.ask_no_more(query); });
    rest_no_more(at->second);
    stale_.erase(id);
    resolved_.policies.erase(at);
}

void policy_index::rest_on(const model::policy& policy) {
    for (const auto& what : policy.rests_on)
        resting_[what].insert(policy.id);
}

void policy_index::rest_no_more(const model::policy& policy) {
    for (const auto& what : policy.rests_on) {
        const auto at = resting_.find(what);
        at->second.erase(policy.id);
        if (at->second.empty())
            resting_.erase(at);
    }
}

} // namespace nodewall::projection
