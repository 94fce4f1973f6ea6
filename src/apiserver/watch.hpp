// One watch of the small API server: which frames are due. No I/O.
#pragma once

#include "apiserver/request.hpp"
#include "apiserver/store.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace nodewall::apiserver {

class watch_stream {
public:
    /// The store and the resource must outlive it. From a revision in the store's future it says
    /// nothing until then, as a real server.
    watch_stream(const object_store& store, const api_resource& resource, std::string namespace_,
                 std::uint64_t from)
        : store_(store), resource_(resource), stream_(resource.stream()),
          namespace_(std::move(namespace_)), position_(from) {}

    /// Says first what there is, as ADDED: a watch without a resourceVersion.
    void begin_with_current();

    /// Frames that are due, a line each, about `bytes` at most; empty where none is. An ERROR frame
    /// (410) is the last thing that it says.
    std::string take(std::size_t bytes);
    bool ended() const noexcept { return ended_; }

    /// A bookmark of where the watch stands; empty while that is in the future.
    std::string bookmark() const;

    const api_resource& resource() const noexcept { return resource_; }

private:
    std::string frame(std::string_view type, const stored_object& object) const;

    const object_store& store_;
    const api_resource& resource_;
    std::string stream_;
    std::string namespace_; // empty: all
    std::uint64_t position_;
    std::string waiting_; // frames before the first change
    bool ended_ = false;
};

/// `text` of a stored object with its `kind` and `apiVersion`.
std::string whole_object(const api_resource& resource, const stored_object& object);

} // namespace nodewall::apiserver
