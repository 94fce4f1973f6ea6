// Who is in a peer set: the addresses that the pods of a query own, by blocks of addresses.
#pragma once

#include "compiler/decisions/peer_set.hpp"
#include "model/cluster_state.hpp"
#include "ruleset/unit.hpp"

#include <map>
#include <memory>
#include <vector>

namespace nodewall::compiler {

using keys = std::vector<ruleset::key>; // ascending, each once

/// By members_block().
std::map<model::cidr, keys> members_of(const model::cluster_state& state,
                                       const model::pod_query& query, model::family f);
/// Those within the block.
keys members_within(const model::cluster_state& state, const model::pod_query& query,
                    const model::cidr& block);

/// All of a set that is a union of blocks.
std::shared_ptr<const ruleset::unit> members_of_blocks(const peer_set& set);

} // namespace nodewall::compiler
