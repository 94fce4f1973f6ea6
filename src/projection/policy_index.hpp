// Keeps `resolved.policies`: each policy translated, and whom it selects, in the order in which
// policies are asked.
#pragma once

#include "model/cluster_state.hpp"
#include "policy/translators.hpp"
#include "projection/change_collector.hpp"
#include "projection/query_index.hpp"

#include <utility>

namespace nodewall::projection {

class policy_index {
public:
    policy_index(model::resolved& resolved, query_index& queries, change_collector& changes,
                 policy::translators translators)
        : resolved_(resolved), queries_(queries), changes_(changes),
          translators_(std::move(translators)) {}

    /// The policy's object was `before` and is now `after`; nullptr where it did or does not exist.
    void policy_changed(const model::policy_object* before, const model::policy_object* after);

    /// An event says of the policy what was known of it.
    void policy_repeated(const model::policy_object& object);

private:
    void put(const model::policy_object& object);
    void erase(const model::policy_id& id);

    model::resolved& resolved_;
    query_index& queries_;
    change_collector& changes_;
    policy::translators translators_;
};

} // namespace nodewall::projection
