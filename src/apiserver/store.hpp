// The objects of the small API server, as etcd keeps them: one revision over all kinds, and a
// bounded history of changes from which a list or a watch of an earlier revision is made. No I/O.
#pragma once

#include "apiserver/status.hpp"
#include "base/time.hpp"
#include "model/kind.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nodewall::apiserver {

/// One state of one object.
struct stored_object {
    model::object_key key;
    std::uint64_t revision = 0;
    std::string text; // JSON without `kind` and `apiVersion`: {"metadata":{...},...}
};
using stored = std::shared_ptr<const stored_object>;

struct store_change {
    enum class type : std::uint8_t { added, modified, deleted };
    type what = type::added;
    std::string of; // the resource
    stored before;  // null where the object is new
    stored after;   // of a deletion: the last state, with the deletion's revision

    std::uint64_t revision() const { return after->revision; }
};

/// A resource, named as the log does: "pods", "networkpolicies.networking.k8s.io".
class resource_name {
public:
    resource_name(model::kind core) : stream_(model::stream_name(core)) {}
    resource_name(std::string stream) : stream_(std::move(stream)) {}
    const std::string& stream() const noexcept { return stream_; }

private:
    std::string stream_;
};

class object_store {
public:
    struct options {
        std::string cluster = "small";    // another name is another cluster: all UIDs differ
        std::size_t history_max = 10'000; // changes remembered
        now_function now;
    };

    /// Begins with the namespaces `default` and `kube-system`.
    explicit object_store(options o);

    /// The last change's. A watch or list from a revision before oldest() is 410 Gone.
    std::uint64_t revision() const noexcept { return revision_; }
    std::uint64_t oldest() const noexcept { return oldest_; }

    /// `body` is the object with its metadata.name; the server's fields in it are replaced. A
    /// namespaced object whose namespace does not exist is refused.
    api_result<stored> create(const resource_name& what, model::object_key key,
                              boost::json::object body);
    /// Refused if the body names a resourceVersion and that is not the current one. An unchanged
    /// object keeps its revision.
    api_result<stored> replace(const resource_name& what, const model::object_key& key,
                               boost::json::object body);
    /// A namespace takes its objects with it.
    api_result<stored> remove(const resource_name& what, const model::object_key& key);
    /// Every object of it, as when its definition is removed; watches are told.
    void remove_all(const resource_name& what);
    /// Every object of it, without a trace in the history.
    void forget(const resource_name& what);
    /// The object of a file, created or replaced; its namespace is created where it is missing.
    api_result<stored> put(const resource_name& what, model::object_key key,
                           boost::json::object body);

    stored find(const resource_name& what, const model::object_key& key) const;

    struct page {
        std::uint64_t revision = 0;
        std::vector<stored> items;
        std::size_t remaining = 0; // after the last item
    };
    /// Objects in order of their keys as of `revision`, which must lie in oldest()..revision().
    /// `namespace_` empty: all; `after`: only keys behind it; `limit` 0: no limit.
    page list(const resource_name& what, std::string_view namespace_, std::uint64_t revision,
              const std::optional<model::object_key>& after, std::size_t limit) const;

    /// The first change behind `revision`, or null. `revision` must not be before oldest().
    const store_change* next_change(std::uint64_t revision) const;

    /// Forgets all history, as etcd's compaction does.
    void compact();
    /// Back to the state of `revision`, as etcd restored from an earlier copy. False: unknown.
    bool restore(std::uint64_t revision);

private:
    using objects = std::map<model::object_key, stored>;

    objects& of(const resource_name& what) { return objects_[what.stream()]; }
    const objects& of(const resource_name& what) const;
    objects objects_at(const resource_name& what, std::uint64_t revision) const;
    static void undo(objects& live, const store_change& change);
    stored record(store_change::type type, const resource_name& what, const model::object_key& key,
                  boost::json::object body);
    std::string next_uid();

    options options_;
    std::map<std::string, objects> objects_; // by resource
    std::deque<store_change> history_;       // ascending revisions, all behind oldest_
    std::uint64_t revision_ = 0;
    std::uint64_t oldest_ = 0;
    std::uint64_t uids_ = 0;
};

} // namespace nodewall::apiserver
