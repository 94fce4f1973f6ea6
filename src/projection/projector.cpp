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
#include <utility>

namespace nodewall::projection {

namespace {

using what = model::change::what;

model::object_key key_of(const model::event& e) {
    return {.namespace_ = e.namespace_, .name = e.name};
}

std::string name_of(model::kind kind, const model::object_key& key) {
    return std::string(stream_name(kind)) + ' ' + key.to_string();
}

template <class T> std::map<model::object_key, T>& table(model::objects& objects) {
    return std::get<std::map<model::object_key, T>&>(
        std::tie(objects.namespaces, objects.nodes, objects.pods, objects.services,
                 objects.endpoint_slices, objects.network_policies));
}

} // namespace

struct projector::impl {
    impl(scope given, codec::kind_registry kinds) : keeps(given), reader(std::move(kinds)) {}

    scope keeps;
    model::cluster_state state;
    change_collector changes;
    query_index queries{state.objects, state.resolved, changes};
    pod_index pods{state.resolved, queries, changes};
    service_index services{state, queries, changes};
    codec::json_reader reader;

    void apply(const model::event& e);
    void set(model::kind kind, const model::event& e);
    void remove(model::kind kind, const model::object_key& key, std::string_view uid);
    void index();
    void understood(model::kind kind, const model::object_key& key);
    void note_parts(model::kind kind, const model::object_meta& meta);

    template <class T> void put(const model::object_key& key, T fresh);
    template <class T>
    void erase(model::kind kind, const model::object_key& key, std::string_view uid);

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
    void changed(const model::network_policy_object* before,
                 const model::network_policy_object* after);
};

void projector::impl::apply(const model::event& e) {
    state.seq = e.seq;
    const auto* row = reader.kinds().find_stream(e.stream);
    const auto kind = row == nullptr ? std::nullopt : row->core;
    if (!kind)
        return;
    if (*kind == model::kind::endpoint_slice &&
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

void projector::impl::set(model::kind kind, const model::event& e) {
    const auto key = key_of(e);
    auto decoded = reader.decode(kind, e.body);
    if (!decoded) {
        if (kind != model::kind::network_policy)
            remove(kind, key, {});
        state.undecodable[name_of(kind, key)] = decoded.error().message();
        return;
    }
    understood(kind, key);
    auto& meta = meta_of(*decoded);
    meta.key = key;
    meta.seq = e.seq;
    note_parts(kind, meta);
    std::visit([&]<class T>(T& fresh) { put(key, std::move(fresh)); }, *decoded);
}

void projector::impl::understood(model::kind kind, const model::object_key& key) {
    if (!state.undecodable.empty())
        state.undecodable.erase(name_of(kind, key));
}

void projector::impl::note_parts(model::kind kind, const model::object_meta& meta) {
    if (!meta.not_understood.empty())
        state.not_understood[name_of(kind, meta.key)] = meta.not_understood;
    else if (!state.not_understood.empty())
        state.not_understood.erase(name_of(kind, meta.key));
}

void projector::impl::remove(model::kind kind, const model::object_key& key, std::string_view uid) {
    understood(kind, key);
    switch (kind) {
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
        return erase<model::network_policy_object>(kind, key, uid);
    }
}

/// Policies come last: each of their queries then finds all its pods at once.
void projector::impl::index() {
    if (keeps == scope::everything)
        return;
    keeps = scope::everything;
    changes.everything();
    const auto add_all = [this](const auto& objects) {
        for (const auto& [key, object] : objects)
            follow<std::remove_cvref_t<decltype(object)>>(nullptr, &object);
    };
    add_all(state.objects.namespaces);
    add_all(state.objects.nodes);
    add_all(state.objects.pods);
    add_all(state.objects.services);
    add_all(state.objects.endpoint_slices);
    add_all(state.objects.network_policies);
}

template <class T> void projector::impl::put(const model::object_key& key, T fresh) {
    const auto [at, added] = table<T>(state.objects).try_emplace(key);
    T& stored = at->second;
    if (added) {
        stored = std::move(fresh);
        follow<T>(nullptr, &stored);
    } else if (stored == fresh) {
        stored.meta.seq = fresh.meta.seq;
    } else {
        const T before = std::exchange(stored, std::move(fresh));
        follow(&before, &stored);
    }
}

template <class T>
void projector::impl::erase(model::kind kind, const model::object_key& key, std::string_view uid) {
    auto& objects = table<T>(state.objects);
    const auto at = objects.find(key);
    if (at == objects.end())
        return;
    const auto& live = at->second.meta.uid;
    if (!uid.empty() && !live.empty() && uid != live)
        return;
    note_parts(kind, {.key = key});
    const auto gone = objects.extract(at);
    follow<T>(&gone.mapped(), nullptr);
}

void projector::impl::changed(const model::namespace_object* before,
                              const model::namespace_object* after) {
    const auto& name = (after != nullptr ? after : before)->meta.key.name;
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
    services.service_changed(before, after);
}

void projector::impl::changed(const model::endpoint_slice_object* before,
                              const model::endpoint_slice_object* after) {
    services.slice_changed(before, after);
}

void projector::impl::changed(const model::network_policy_object* before,
                              const model::network_policy_object* after) {
    changes.object(what::policy, (after != nullptr ? after : before)->meta.key);
    policy_changed(queries, before, after);
}

projector::projector(scope keeps, codec::kind_registry kinds)
    : impl_(std::make_unique<impl>(keeps, std::move(kinds))) {}
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
    return impl_->state;
}

std::set<model::change> projector::take_changes() {
    return impl_->changes.take();
}

} // namespace nodewall::projection
