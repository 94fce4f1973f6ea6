#include "apiserver/store.hpp"

#include "base/sha256.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace nodewall::apiserver {

namespace json = boost::json;
using model::kind;
using model::object_key;
using type = store_change::type;

namespace {

json::object& metadata_of(json::object& body) {
    auto& metadata = body["metadata"];
    return metadata.is_object() ? metadata.as_object() : metadata.emplace_object();
}

json::object parsed(const stored& object) {
    return json::parse(object->text).as_object();
}

} // namespace

object_store::object_store(options o) : options_(std::move(o)) {
    for (const auto* name : {"default", "kube-system"}) {
        static_cast<void>(
            create(kind::namespace_, {"", name}, {{"status", {{"phase", "Active"}}}}));
    }
}

std::string object_store::next_uid() {
    const auto hex = to_hex(sha256(fmt::format("{}/{}", options_.cluster, ++uids_)));
    return fmt::format("{}-{}-4{}-8{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 3),
                       hex.substr(15, 3), hex.substr(18, 12));
}

/// Writes the change down: the object's new state and its place in history.
stored object_store::record(type what, const resource_name& resource, const object_key& key,
                            json::object body) {
    body.erase("kind");
    body.erase("apiVersion");
    ++revision_;
    metadata_of(body)["resourceVersion"] = std::to_string(revision_);
    auto& live = of(resource);
    const auto before = live.find(key);
    store_change change{
        what, resource.stream(), before == live.end() ? nullptr : before->second,
        std::make_shared<stored_object>(stored_object{key, revision_, json::serialize(body)})};
    if (what == type::deleted)
        live.erase(before);
    else
        live.insert_or_assign(key, change.after);
    history_.push_back(change);
    if (history_.size() > options_.history_max) {
        oldest_ = history_.front().revision();
        history_.pop_front();
    }
    return change.after;
}

api_result<stored> object_store::create(const resource_name& what, object_key key,
                                        json::object body) {
    if (!key.namespace_.empty() && !find(kind::namespace_, {"", key.namespace_}))
        return not_found("namespaces", key.namespace_);
    if (find(what, key))
        return already_exists(what.stream(), key.name);
    auto& metadata = metadata_of(body);
    metadata["name"] = key.name;
    if (!key.namespace_.empty())
        metadata["namespace"] = key.namespace_;
    metadata["uid"] = next_uid();
    metadata["creationTimestamp"] =
        to_rfc3339(std::chrono::floor<std::chrono::seconds>(options_.now()));
    return record(type::added, what, key, std::move(body));
}

api_result<stored> object_store::replace(const resource_name& what, const object_key& key,
                                         json::object body) {
    const auto before = find(what, key);
    if (!before)
        return not_found(what.stream(), key.name);
    const auto old = parsed(before);
    const auto& old_metadata = old.at("metadata").as_object();
    auto& metadata = metadata_of(body);
    if (const auto* wanted = metadata.if_contains("resourceVersion");
        wanted != nullptr && *wanted != "" && *wanted != old_metadata.at("resourceVersion"))
        return conflict(what.stream(), key.name);
    for (const auto* field : {"name", "namespace", "uid", "creationTimestamp", "resourceVersion"})
        if (const auto* value = old_metadata.if_contains(field))
            metadata[field] = *value;
    body.erase("kind");
    body.erase("apiVersion");
    if (body == old)
        return before;
    return record(type::modified, what, key, std::move(body));
}

api_result<stored> object_store::remove(const resource_name& what, const object_key& key) {
    const auto before = find(what, key);
    if (!before)
        return not_found(what.stream(), key.name);
    if (what.stream() == "namespaces") {
        for (const auto& [inside, objects] : objects_)
            for (const auto& object : list(inside, key.name, revision_, {}, 0).items)
                static_cast<void>(remove(inside, object->key));
    }
    return record(type::deleted, what, key, parsed(before));
}

void object_store::remove_all(const resource_name& what) {
    for (const auto& object : list(what, {}, revision_, {}, 0).items)
        static_cast<void>(remove(what, object->key));
}

void object_store::forget(const resource_name& what) {
    of(what).clear();
}

api_result<stored> object_store::put(const resource_name& what, object_key key, json::object body) {
    if (find(what, key))
        return replace(what, key, std::move(body));
    if (!key.namespace_.empty() && !find(kind::namespace_, {"", key.namespace_}))
        static_cast<void>(create(kind::namespace_, {"", key.namespace_}, {}));
    return create(what, std::move(key), std::move(body));
}

const object_store::objects& object_store::of(const resource_name& what) const {
    static const objects none;
    const auto found = objects_.find(what.stream());
    return found == objects_.end() ? none : found->second;
}

stored object_store::find(const resource_name& what, const object_key& key) const {
    const auto found = of(what).find(key);
    return found == of(what).end() ? nullptr : found->second;
}

void object_store::undo(objects& live, const store_change& change) {
    if (change.before)
        live.insert_or_assign(change.after->key, change.before);
    else
        live.erase(change.after->key);
}

object_store::objects object_store::objects_at(const resource_name& what,
                                               std::uint64_t revision) const {
    auto live = of(what);
    for (auto change = history_.rbegin();
         change != history_.rend() && change->revision() > revision; ++change)
        if (change->of == what.stream())
            undo(live, *change);
    return live;
}

object_store::page object_store::list(const resource_name& what, std::string_view namespace_,
                                      std::uint64_t revision,
                                      const std::optional<object_key>& after,
                                      std::size_t limit) const {
    const objects earlier = revision < revision_ ? objects_at(what, revision) : objects{};
    const objects& all = revision < revision_ ? earlier : of(what);
    page result{revision, {}, 0};
    for (auto at = after ? all.upper_bound(*after) : all.begin(); at != all.end(); ++at) {
        if (!namespace_.empty() && at->first.namespace_ != namespace_)
            continue;
        if (limit == 0 || result.items.size() < limit)
            result.items.push_back(at->second);
        else
            ++result.remaining;
    }
    return result;
}

const store_change* object_store::next_change(std::uint64_t revision) const {
    const auto next =
        std::upper_bound(history_.begin(), history_.end(), revision,
                         [](std::uint64_t r, const store_change& c) { return r < c.revision(); });
    return next == history_.end() ? nullptr : &*next;
}

void object_store::compact() {
    history_.clear();
    oldest_ = revision_;
}

bool object_store::restore(std::uint64_t revision) {
    if (revision < oldest_ || revision > revision_)
        return false;
    while (!history_.empty() && history_.back().revision() > revision) {
        undo(of(history_.back().of), history_.back());
        history_.pop_back();
    }
    revision_ = revision;
    return true;
}

} // namespace nodewall::apiserver
