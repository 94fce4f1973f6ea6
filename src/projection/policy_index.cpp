#include "projection/policy_index.hpp"

#include <tuple>
#include <utility>

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
        put(*after, translated(*after));
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
    for (const auto& id : std::exchange(stale_, {}))
        put_again(id);
    for (const auto& namespace_ : std::exchange(recounted_, {}))
        keep_budget(namespace_);
}

model::policy policy_index::translated(const model::policy_object& object) {
    auto fresh = translators_.translate(object, objects_);
    if (!policy::has_budget(fresh.id))
        return fresh;
    auto& costs = costs_[fresh.id.key.namespace_];
    costs.budget.put(fresh.id, policy::cost_of(fresh));
    recounted_.insert(fresh.id.key.namespace_);
    if (const auto over = costs.over.find(fresh.id); over != costs.over.end())
        policy::refuse_everyone(fresh, over->second);
    return fresh;
}

void policy_index::put_again(const model::policy_id& id) {
    const auto& object = objects_.policies.at(id);
    auto fresh = translated(object);
    if (fresh == resolved_.policies.at(id))
        return;
    changes_.policy(id);
    put(object, std::move(fresh));
}

/// The policies of a namespace that do not fit into its budget any more, or do again.
void policy_index::keep_budget(const std::string& namespace_) {
    const auto at = costs_.find(namespace_);
    auto over = at->second.budget.over();
    if (over != at->second.over) {
        const auto before = std::exchange(at->second.over, std::move(over));
        std::set<model::policy_id> concerned;
        for (const auto* those : {&before, &std::as_const(at->second.over)})
            for (const auto& [id, why] : *those)
                if (objects_.policies.contains(id))
                    concerned.insert(id);
        for (const auto& id : concerned)
            put_again(id);
        recounted_.erase(namespace_); // what they cost is the same
    }
    if (at->second.budget.empty())
        costs_.erase(at);
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
    if (policy::has_budget(id)) {
        costs_.at(id.key.namespace_).budget.erase(id);
        recounted_.insert(id.key.namespace_);
    }
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
