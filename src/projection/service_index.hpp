// Keeps `resolved.slices_of_service` and, while no endpoint slices are known, a query for each
// Service with a selector.
#pragma once

#include "model/cluster_state.hpp"
#include "projection/change_collector.hpp"
#include "projection/query_index.hpp"

namespace nodewall::projection {

/// In each call `before` and `after` are the object's content, nullptr where it did or does not
/// exist; the objects hold `after` already.
class service_index {
public:
    service_index(model::cluster_state& state, query_index& queries, change_collector& changes)
        : state_(state), queries_(queries), changes_(changes) {}

    void service_changed(const model::service_object* before, const model::service_object* after);
    void slice_changed(const model::endpoint_slice_object* before,
                       const model::endpoint_slice_object* after);

    /// From now on Services do not fall back to their selectors.
    void endpoint_slices_are_known();

private:
    void link(const model::endpoint_slice_object& slice);
    /// `stays`: the slice is its Service's still.
    void unlink(const model::endpoint_slice_object& slice, bool stays);

    model::cluster_state& state_;
    query_index& queries_;
    change_collector& changes_;
};

} // namespace nodewall::projection
