#include "projection/projector.hpp"

#include "codec/json_reader.hpp"
#include "projection/change_collector.hpp"
#include "projection/pod_index.hpp"
#include "projection/policy_index.hpp"
#include "projection/query_index.hpp"
#include "projection/service_index.hpp"

#include <map>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace nodewall::projection {

namespace {

using what = model::change::what;

model::object_key key_of(const model::event& e) {
    return {.namespace_ = e.namespace_, .name = e.name};
}

std::string name_of(const codec::kind_row& kind, const model::object_key& key) {
    return kind.stream + ' ' + key.to_string();
}

/// Every kind without a place of its own in the model is one of policies, or of their parts.
bool holds_policies(const codec::kind_row& kind) {
    return !kind.core || *kind.core == model::kind::network_policy;
}

/// By what the object is known in its table.
model::object_key id_of(const auto& object) {
    return object.meta.key;
}
model::policy_id id_of(const model::policy_object& object) {
    return object.id();
}
model::policy_id id_of(const model::policy_part& object) {
    return object.id();
}
template <class T> using id_type = decltype(id_of(std::declval<const T&>()));

template <class T> std::map<id_type<T>, T>& table(model::objects& objects) {
    return std::get<std::map<id_type<T>, T>&>(
        std::tie(objects.namespaces, objects.nodes, objects.pods, objects.services,
                 objects.endpoint_slices, objects.policies, objects.policy_parts));
}

/// How many pods the subjects of policies look at, each at all that are in its scope.
std::size_t pods_to_look_at(const model::objects& objects) {
    std::unordered_map<std::string_view, std::size_t> pods_of;
    for (const auto& [key, pod] : objects.pods)
        ++pods_of[key.namespace_];
    std::size_t looks = 0;
    for (const auto& [id, policy] : objects.policies)
        looks += id.key.namespace_.empty() ? objects.pods.size() : pods_of[id.key.namespace_];
    return looks;
}

} // namespace

struct projector::impl {
    impl(scope given, policy::translators translators, codec::kind_registry kinds)
        : keeps(given),
          policies(state.objects, state.resolved, queries, changes, std::move(translators)),
          reader(std::move(kinds)) {
        if (keeps == scope::everything)
            queries.acquire(model::pod_query::everything());
    }

    scope keeps;
    model::cluster_state state;
    change_collector changes;
    query_index queries{state.objects, state.resolved, changes};
    pod_index pods{state.resolved, queries, changes};
    policy_index policies;
    service_index services{state, queries, changes};
    codec::json_reader reader;

    void apply(const model::event& e);
    void set(const codec::kind_row& kind, const model::event& e);
    void remove(const codec::kind_row& kind, const model::object_key& key, std::string_view uid);
    void index();
    void settle();
    void understood(const codec::kind_row& kind, const model::object_key& key);
    void note_parts(const codec::kind_row& kind, const model::object_meta& meta);

    template <class T> void put(T fresh);
    template <class T>
    void erase(const codec::kind_row& kind, const id_type<T>& id, std::string_view uid);

    // What follows from an object that comes, changes or goes; nullptr where it does not exist.
    template <class T> void follow(const T* before, const T* after) {
        if (keeps == scope::everything)
            changed(before, after);
    }
    void changed(const model::namespace_object* before, const model::namespace_object* after);
    void changed(const model::node_object* before, const model::node_object* after);
    void changed(const model::pod_object* before, const model::pod_object* after);
    void changed(const model::service_object* before, const model::service_object* after);
    void changed(const model::endpoint_slice_object* before,
                 const model::endpoint_slice_object* after);
    void changed(const model::policy_object* before, const model::policy_object* after);
    void changed(const model::policy_part* before, const model::policy_part* after);

    // What follows from an event that says of an object what was known of it.
    void repeated(const auto& /*object*/) {}
    void repeated(const model::policy_object& object) { policies.policy_repeated(object); }
    void repeated(const model::policy_part& /*object*/) {}
};

void projector::impl::apply(const model::event& e) {
    state.seq = e.seq;
    const auto* kind = reader.kinds().find_stream(e.stream);
    if (kind == nullptr)
        return;
    if (kind->core == model::kind::endpoint_slice &&
        (e.concerns_object() || e.type == model::event_type::listed)) {
        if (keeps == scope::everything)
            services.endpoint_slices_are_known();
        state.endpoint_slices_known = true;
    }
    if (e.type == model::event_type::deleted)
        remove(*kind, key_of(e), e.uid);
    else if (e.concerns_object())
        set(*kind, e);
}

void projector::impl::set(const codec::kind_row& kind, const model::event& e) {
    const auto key = key_of(e);
    auto decoded = reader.decode(kind, e.body);
    if (!decoded) {
        if (!holds_policies(kind))
            remove(kind, key, {});
        state.undecodable[name_of(kind, key)] = decoded.error().message();
        return;
    }
    understood(kind, key);
    auto& meta = meta_of(*decoded);
    meta.key = key;
    meta.seq = e.seq;
    note_parts(kind, meta);
    std::visit([&]<class T>(T& fresh) { put(std::move(fresh)); }, *decoded);
}

void projector::impl::understood(const codec::kind_row& kind, const model::object_key& key) {
    if (!state.undecodable.empty())
        state.undecodable.erase(name_of(kind, key));
}

void projector::impl::note_parts(const codec::kind_row& kind, const model::object_meta& meta) {
    if (!meta.not_understood.empty())
        state.not_understood[name_of(kind, meta.key)] = meta.not_understood;
    else if (!state.not_understood.empty())
        state.not_understood.erase(name_of(kind, meta.key));
}

void projector::impl::remove(const codec::kind_row& kind, const model::object_key& key,
                             std::string_view uid) {
    understood(kind, key);
    if (kind.part_of_policies)
        return erase<model::policy_part>(kind, {kind.stream, key}, uid);
    if (holds_policies(kind))
        return erase<model::policy_object>(kind, {kind.stream, key}, uid);
    switch (*kind.core) {
    case model::kind::namespace_:
        return erase<model::namespace_object>(kind, key, uid);
    case model::kind::node:
        return erase<model::node_object>(kind, key, uid);
    case model::kind::pod:
        return erase<model::pod_object>(kind, key, uid);
    case model::kind::service:
        return erase<model::service_object>(kind, key, uid);
    case model::kind::endpoint_slice:
        return erase<model::endpoint_slice_object>(kind, key, uid);
    case model::kind::network_policy:
        break;
    }
}

/// Policies come last: each of their queries then finds all its pods at once. Of many policies the
/// pods come last: each finds its queries.
void projector::impl::index() {
    if (keeps == scope::everything)
        return;
    keeps = scope::everything;
    changes.everything();
    const auto add_all = [this](const auto& objects) {
        for (const auto& [key, object] : objects)
            follow<std::remove_cvref_t<decltype(object)>>(nullptr, &object);
    };
    // A pod looks up some ten labels, each of which costs as much as several pods looked at.
    const bool pods_last = pods_to_look_at(state.objects) > 64 * state.objects.pods.size();
    add_all(state.objects.namespaces);
    add_all(state.objects.nodes);
    if (!pods_last)
        add_all(state.objects.pods);
    queries.pods_follow(pods_last);
    add_all(state.objects.services);
    add_all(state.objects.endpoint_slices);
    queries.acquire(model::pod_query::everything());
    add_all(state.objects.policies);
    queries.pods_follow(false);
    if (pods_last)
        add_all(state.objects.pods);
}

/// Policies first: they select pods.
void projector::impl::settle() {
    policies.settle();
    queries.settle();
}

template <class T> void projector::impl::put(T fresh) {
    const auto [at, added] = table<T>(state.objects).try_emplace(id_of(fresh));
    T& stored = at->second;
    if (added) {
        stored = std::move(fresh);
        follow<T>(nullptr, &stored);
    } else if (stored == fresh) {
        stored.meta.seq = fresh.meta.seq;
        if (keeps == scope::everything)
            repeated(stored);
    } else {
        const T before = std::exchange(stored, std::move(fresh));
        follow(&before, &stored);
    }
}

template <class T> void projector::impl::erase(const codec::kind_row& kind, const id_type<T>& id,
                                               std::string_view uid) {
    auto& objects = table<T>(state.objects);
    const auto at = objects.find(id);
    if (at == objects.end())
        return;
    const auto& live = at->second.meta.uid;
    if (!uid.empty() && !live.empty() && uid != live)
        return;
    note_parts(kind, {.key = at->second.meta.key});
    const auto gone = objects.extract(at);
    follow<T>(&gone.mapped(), nullptr);
}

void projector::impl::changed(const model::namespace_object* before,
                              const model::namespace_object* after) {
    const auto& name = (after != nullptr ? after : before)->meta.key.name;
    policies.touched({"namespaces", {{}, name}});
    queries.relabel(name, query_index::labels_of(name, before),
                    query_index::labels_of(name, after));
}

void projector::impl::changed(const model::node_object* before, const model::node_object* after) {
    changes.object(what::node, (after != nullptr ? after : before)->meta.key);
}

void projector::impl::changed(const model::pod_object* before, const model::pod_object* after) {
    pods.pod_changed(before, after);
}

void projector::impl::changed(const model::service_object* before,
                              const model::service_object* after) {
    policies.touched({"services", (after != nullptr ? after : before)->meta.key});
    services.service_changed(before, after);
}

void projector::impl::changed(const model::endpoint_slice_object* before,
                              const model::endpoint_slice_object* after) {
    for (const auto* slice : {before, after})
        if (slice != nullptr)
            policies.touched({"services", {slice->meta.key.namespace_, slice->service}});
    services.slice_changed(before, after);
}

void projector::impl::changed(const model::policy_object* before,
                              const model::policy_object* after) {
    policies.policy_changed(before, after);
}

void projector::impl::changed(const model::policy_part* before, const model::policy_part* after) {
    policies.touched((after != nullptr ? after : before)->id());
}

projector::projector(scope keeps, policy::translators translators, codec::kind_registry kinds)
    : impl_(std::make_unique<impl>(keeps, std::move(translators), std::move(kinds))) {}
projector::~projector() = default;
projector::projector(projector&&) noexcept = default;
projector& projector::operator=(projector&&) noexcept = default;

void projector::apply(const model::event& e) {
    impl_->apply(e);
}

void projector::index() {
    impl_->index();
}

const model::cluster_state& projector::state() const noexcept {
    impl_->settle();
    return impl_->state;
}

std::set<model::change> projector::take_changes() {
    impl_->settle();
    return impl_->changes.take();
}

} // namespace nodewall::projection
