// What a pod that comes, changes or goes does to `resolved`: queries, policies and owners.
#pragma once

#include "model/cluster_state.hpp"
#include "projection/address_owners.hpp"
#include "projection/change_collector.hpp"
#include "projection/query_index.hpp"

#include <map>

namespace nodewall::projection {

class pod_index {
public:
    pod_index(model::resolved& resolved, query_index& queries, change_collector& changes)
        : queries_(queries), changes_(changes), owned_(resolved.owners),
          owners_(resolved, changes) {}

    /// The pod's content was `before` and is now `after`; nullptr where it did or does not exist.
    /// The last known place of the pod in `objects.pods` is `after` or, when it goes, `before`.
    void pod_changed(const model::pod_object* before, const model::pod_object* after);

private:
    /// Tells which queries an address that goes from one owner to another enters and leaves.
    void member_moved(const model::ip_address& address, const query_index::query_list& before,
                      const query_index::query_list& after);

    query_index& queries_;
    change_collector& changes_;
    const std::map<model::ip_address, const model::pod_object*>& owned_;
    address_owners owners_;
};

} // namespace nodewall::projection
