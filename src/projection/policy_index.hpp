// Which queries a policy uses, and the upkeep of `resolved` when a policy changes.
#pragma once

#include "model/cluster_state.hpp"
#include "projection/query_index.hpp"

namespace nodewall::projection {

/// The policy's content was `before` and is now `after`; nullptr where it did or does not exist.
/// Its last known place in `objects.network_policies` is `after` or, when it goes, `before`.
void policy_changed(query_index& queries, const model::network_policy_object* before,
                    const model::network_policy_object* after);

} // namespace nodewall::projection
