#include "property/projection_oracle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <type_traits>

namespace nodewall::test {

namespace {

using what = model::change::what;

auto tied(const model::objects& o) {
    return std::tie(o.namespaces, o.nodes, o.pods, o.services, o.endpoint_slices, o.policies);
}

model::label_set namespace_labels(const model::objects& objects, const std::string& name) {
    const auto at = objects.namespaces.find({{}, name});
    return at != objects.namespaces.end()
               ? at->second.meta.labels
               : model::label_set({{"kubernetes.io/metadata.name", name}});
}

key_set members(const model::objects& objects, const model::pod_query& query) {
    key_set found;
    for (const auto& [key, pod] : objects.pods) {
        const bool here = query.namespaces
                              ? query.namespaces->matches(namespace_labels(objects, key.namespace_))
                              : key.namespace_ == query.namespace_;
        if (pod.subject_to_policy() && here && query.pods.matches(pod.meta.labels))
            found.insert(key);
    }
    return found;
}

/// Every key that either table has, where the values differ.
template <class T> std::set<typename T::key_type> differences(const T& before, const T& after) {
    std::set<typename T::key_type> keys;
    const auto compare = [&](const T& a, const T& b) {
        for (const auto& [key, value] : a)
            if (const auto other = b.find(key); other == b.end() || !(other->second == value))
                keys.insert(key);
    };
    compare(before, after);
    compare(after, before);
    return keys;
}

/// The addresses that members of the query own.
std::set<model::ip_address> addresses_of(const snapshot& s, const model::pod_query& query) {
    std::set<model::ip_address> found;
    const auto& members = s.resolved.queries.at(query);
    for (const auto& [address, pod] : s.resolved.owners)
        if (members.contains(pod))
            found.insert(address);
    return found;
}

void owners_of(const model::objects& objects, named_resolved& into) {
    const auto rank = [&](const model::object_key& key) {
        const auto& pod = objects.pods.at(key);
        return std::tuple(!pod.meta.terminating, pod.started, pod.meta.uid, key);
    };
    for (const auto& [key, pod] : objects.pods)
        for (const auto& address : pod.addresses)
            if (pod.subject_to_policy()) {
                const auto [at, alone] = into.owners.try_emplace(address, key);
                if (!alone && rank(at->second) < rank(key))
                    at->second = key;
            }
}

void policies_of(const model::objects& objects, const policy::translators& translators,
                 named_resolved& into) {
    const auto use = [&](const model::pod_query& query) {
        return into.queries[query] = members(objects, query);
    };
    use(model::pod_query::everything());
    std::vector<const model::policy*> in_order;
    for (const auto& [id, object] : objects.policies)
        in_order.push_back(&(into.policies[id] = translators.translate(object)));
    std::sort(in_order.begin(), in_order.end(),
              [](const auto* a, const auto* b) { return model::policy::asked_before(*a, *b); });
    for (const auto* policy : in_order) {
        for (const auto& pod : use(policy->subject))
            into.policies_of_pod[pod].push_back(policy->id);
        for (const auto* rules : {&policy->ingress, &policy->egress})
            for (const auto& rule : *rules)
                for (const auto& query : rule.who.pods)
                    use(query);
    }
}

} // namespace

bool operator==(const snapshot& a, const snapshot& b) {
    return tied(a.objects) == tied(b.objects) && a.resolved == b.resolved &&
           a.endpoint_slices_known == b.endpoint_slices_known && a.undecodable == b.undecodable &&
           a.not_understood == b.not_understood;
}

snapshot snapshot_of(const model::cluster_state& state) {
    const auto& resolved = state.resolved;
    named_resolved named{.policies = resolved.policies,
                         .slices_of_service = resolved.slices_of_service};
    const auto key_in = [](const auto& objects, const auto* object) {
        const auto at = std::find_if(objects.begin(), objects.end(),
                                     [&](const auto& entry) { return &entry.second == object; });
        EXPECT_NE(at, objects.end()) << "a pointer to no object";
        return at == objects.end() ? typename std::decay_t<decltype(objects)>::key_type{}
                                   : at->first;
    };
    const auto key_of = [&](const model::pod_object* pod) {
        return key_in(state.objects.pods, pod);
    };
    for (const auto& [pod, policies] : resolved.policies_of_pod)
        for (const auto* policy : policies)
            named.policies_of_pod[key_of(pod)].push_back(key_in(resolved.policies, policy));
    for (const auto& [query, pods] : resolved.queries) {
        auto& keys = named.queries[query];
        for (const auto* pod : pods)
            keys.insert(key_of(pod));
    }
    for (const auto& [address, pod] : resolved.owners)
        named.owners[address] = key_of(pod);
    return {state.objects, std::move(named), state.endpoint_slices_known, state.undecodable,
            state.not_understood};
}

named_resolved resolve(const model::objects& objects, bool endpoint_slices_known,
                       const policy::translators& translators) {
    named_resolved found;
    owners_of(objects, found);
    policies_of(objects, translators, found);
    for (const auto& [key, service] : objects.services)
        if (const auto query = query_of_selector(service); query && !endpoint_slices_known)
            found.queries[*query] = members(objects, *query);
    for (const auto& [key, slice] : objects.endpoint_slices) {
        if (slice.service.empty())
            continue;
        const model::object_key service{key.namespace_, slice.service};
        found.slices_of_service[service].insert(key);
    }
    return found;
}

std::set<model::change> changes_between(const snapshot& before, const snapshot& after) {
    if (before.endpoint_slices_known != after.endpoint_slices_known)
        return {{.kind = what::everything}};
    std::set<model::change> found;
    const auto objects = [&](what kind, const auto& was, const auto& is) {
        for (const auto& key : differences(was, is))
            found.insert({.kind = kind, .key = key});
    };
    objects(what::pod, before.objects.pods, after.objects.pods);
    objects(what::pod, before.resolved.policies_of_pod, after.resolved.policies_of_pod);
    for (const auto& id : differences(before.objects.policies, after.objects.policies))
        found.insert({.kind = what::policy, .policy = id});
    objects(what::node, before.objects.nodes, after.objects.nodes);
    objects(what::service, before.objects.services, after.objects.services);
    for (const auto& key :
         differences(before.objects.endpoint_slices, after.objects.endpoint_slices))
        for (const auto* side : {&before, &after})
            if (const auto at = side->objects.endpoint_slices.find(key);
                at != side->objects.endpoint_slices.end() && !at->second.service.empty())
                found.insert({.kind = what::service, .key = {key.namespace_, at->second.service}});
    for (const auto& [query, members] : after.resolved.queries) {
        if (!before.resolved.queries.contains(query)) {
            found.insert({.kind = what::query, .query = query});
            continue;
        }
        std::vector<model::ip_address> differing;
        std::ranges::set_symmetric_difference(
            addresses_of(before, query), addresses_of(after, query), std::back_inserter(differing));
        for (const auto& address : differing)
            found.insert(
                {.kind = what::query, .query = query, .block = model::members_block(address)});
    }
    for (const auto& address : differences(before.resolved.owners, after.resolved.owners))
        found.insert({.kind = what::address_owner, .address = address});
    return found;
}

} // namespace nodewall::test
