#include "projection/query_index.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <string>
#include <utility>

namespace nodewall::projection {

namespace {

bool selects(const model::pod_query& query, const model::label_set& namespace_labels,
             const model::pod_object& pod) {
    const bool in_namespace = query.namespaces ? query.namespaces->matches(namespace_labels)
                                               : query.namespace_ == pod.meta.key.namespace_;
    return in_namespace && query.pods.matches(model::labels_of(pod));
}

template <class F>
void each_subject_of(const model::objects& objects, std::string_view namespace_, F visit) {
    for (auto at = objects.pods.lower_bound({.namespace_ = std::string(namespace_), .name = {}});
         at != objects.pods.end() && at->first.namespace_ == namespace_; ++at)
        if (at->second.subject_to_policy())
            visit(&at->second);
}

} // namespace

model::label_set query_index::labels_of(std::string_view namespace_,
                                        const model::namespace_object* known) {
    if (known != nullptr)
        return known->meta.labels;
    model::label_set labels;
    labels.add_if_absent("kubernetes.io/metadata.name", namespace_);
    return labels;
}

model::label_set query_index::labels_of(std::string_view namespace_) const {
    const auto known =
        objects_.namespaces.find({.namespace_ = {}, .name = std::string(namespace_)});
    return labels_of(namespace_, known == objects_.namespaces.end() ? nullptr : &known->second);
}

query_index::entry& query_index::entry_of(const model::pod_query& content) {
    return entries_.at(&resolved_.queries.find(content)->first);
}

void query_index::acquire(const model::pod_query& query) {
    const auto [at, fresh] = resolved_.queries.try_emplace(query);
    entry& used = entries_[&at->first];
    ++used.uses;
    if (!fresh)
        return;
    used.members = &at->second;
    anchors_.add(at->first);
    if (!pods_follow_)
        find_members(at->first, at->second);
    changes_.query(at->first);
}

void query_index::release(const model::pod_query& query) {
    const auto at = resolved_.queries.find(query);
    const auto used = entries_.find(&at->first);
    if (--used->second.uses > 0)
        return;
    assert(used->second.subject_of.empty());
    anchors_.remove(at->first);
    entries_.erase(used);
    resolved_.queries.erase(at);
}

void query_index::ask_of_subjects(const model::pod_query& query) {
    acquire(query);
    ++entry_of(query).asked_of_subjects;
}

void query_index::ask_no_more(const model::pod_query& query) {
    --entry_of(query).asked_of_subjects;
    release(query);
}

void query_index::find_members(const model::pod_query& query, model::pod_set& members) const {
    std::vector<const model::pod_object*> found;
    const auto take = [&](const model::pod_object* pod) {
        if (query.pods.matches(model::labels_of(*pod)))
            found.push_back(pod);
    };
    if (!query.namespaces)
        each_subject_of(objects_, query.namespace_, take);
    for (auto at = objects_.pods.begin(); query.namespaces && at != objects_.pods.end();) {
        const auto& name = at->first.namespace_;
        if (query.namespaces->matches(labels_of(name)))
            each_subject_of(objects_, name, take);
        at = objects_.pods.lower_bound({.namespace_ = name + '\0', .name = {}}); // the next one
    }
    members.insert(found.begin(), found.end());
}

query_index::query_list query_index::selecting(const model::pod_object& content) const {
    if (!content.subject_to_policy() || entries_.empty())
        return {};
    const auto& namespace_ = content.meta.key.namespace_;
    const auto namespace_labels = labels_of(namespace_);
    auto found = anchors_.candidates(namespace_, namespace_labels, content.meta.labels);
    std::erase_if(found, [&](const auto* q) { return !selects(*q, namespace_labels, content); });
    std::sort(found.begin(), found.end());
    return found;
}

void query_index::reselect(const model::pod_object* pod, const query_list& before,
                           const query_list& after) {
    for (const auto* query : after)
        if (!std::binary_search(before.begin(), before.end(), query))
            join(*query, pod);
    for (const auto* query : before)
        if (!std::binary_search(after.begin(), after.end(), query))
            leave(*query, pod);
}

void query_index::relabel(std::string_view namespace_, const model::label_set& before,
                          const model::label_set& after) {
    for (const auto& [query, used] : entries_) {
        if (!query->namespaces)
            continue;
        const bool meant = query->namespaces->matches(before);
        const bool means = query->namespaces->matches(after);
        if (meant == means)
            continue;
        each_subject_of(objects_, namespace_, [&, q = query](const model::pod_object* pod) {
            if (!q->pods.matches(model::labels_of(*pod)))
                return;
            means ? join(*q, pod) : leave(*q, pod);
            report(*q, pod);
        });
    }
}

void query_index::retarget(const model::policy* policy, const model::pod_query* before,
                           const model::pod_query* after) {
    if (before != nullptr && after != nullptr && *before == *after)
        return;
    static const model::pod_set nobody;
    const auto* old_members = &nobody;
    const auto* new_members = &nobody;
    if (before != nullptr) {
        entry_of(*before).subject_of.erase(policy);
        old_members = entry_of(*before).members;
    }
    if (after != nullptr) {
        entry_of(*after).subject_of.insert(policy);
        new_members = entry_of(*after).members;
    }
    for (const auto* pod : *new_members)
        if (!old_members->contains(pod))
            select(policy, pod);
    for (const auto* pod : *old_members)
        if (!new_members->contains(pod))
            deselect(policy, pod);
}

void query_index::reorder(const model::policy* policy, const model::pod_query& subject) {
    for (const auto* pod : *entry_of(subject).members) {
        auto& selections = unsettled_[pod];
        selections.push_back({policy, false});
        selections.push_back({policy, true});
    }
}

void query_index::settle() {
    for (auto& [pod, selections] : std::exchange(unsettled_, {})) {
        auto& asked = resolved_.policies_of_pod[pod];
        const auto before = asked;
        update(asked, std::move(selections));
        if (asked.empty()) // the pod may be gone
            resolved_.policies_of_pod.erase(pod);
        else if (asked != before)
            changes_.object(change_collector::what::pod, pod->meta.key);
    }
}

void query_index::update(model::policy_list& asked, std::vector<selection> selections) {
    std::stable_sort(
        selections.begin(), selections.end(),
        [](const selection& a, const selection& b) { return std::less<>()(a.policy, b.policy); });
    model::policy_list concerned;
    model::policy_list joining;
    for (std::size_t i = 0; i < selections.size(); ++i) {
        const auto& [policy, selected] = selections[i];
        if (i + 1 < selections.size() && selections[i + 1].policy == policy)
            continue;
        concerned.push_back(policy);
        if (selected)
            joining.push_back(policy);
    }
    std::erase_if(asked, [&](const model::policy* policy) {
        return std::binary_search(concerned.begin(), concerned.end(), policy, std::less<>());
    });
    if (joining.empty())
        return;
    const auto asked_before = [](const model::policy* a, const model::policy* b) {
        return model::policy::asked_before(*a, *b);
    };
    std::sort(joining.begin(), joining.end(), asked_before);
    const auto known = static_cast<std::ptrdiff_t>(asked.size());
    const auto first =
        std::lower_bound(asked.begin(), asked.end(), joining.front(), asked_before) - asked.begin();
    asked.insert(asked.end(), joining.begin(), joining.end());
    std::inplace_merge(asked.begin() + first, asked.begin() + known, asked.end(), asked_before);
}

void query_index::join(const model::pod_query& query, const model::pod_object* pod) {
    const entry& used = entries_.at(&query);
    used.members->insert(pod);
    for (const auto* policy : used.subject_of)
        select(policy, pod);
    if (used.asked_of_subjects > 0)
        changes_.object(change_collector::what::pod, pod->meta.key);
}

void query_index::leave(const model::pod_query& query, const model::pod_object* pod) {
    const entry& used = entries_.at(&query);
    used.members->erase(pod);
    for (const auto* policy : used.subject_of)
        deselect(policy, pod);
    if (used.asked_of_subjects > 0)
        changes_.object(change_collector::what::pod, pod->meta.key);
}

void query_index::report(const model::pod_query& query, const model::pod_object* pod) {
    for (const auto& address : pod->addresses)
        if (const auto owned = resolved_.owners.find(address);
            owned != resolved_.owners.end() && owned->second == pod)
            changes_.member(query, address);
}

void query_index::select(const model::policy* policy, const model::pod_object* pod) {
    unsettled_[pod].push_back({policy, true});
    changes_.object(change_collector::what::pod, pod->meta.key);
}

void query_index::deselect(const model::policy* policy, const model::pod_object* pod) {
    unsettled_[pod].push_back({policy, false});
    changes_.object(change_collector::what::pod, pod->meta.key);
}

} // namespace nodewall::projection
