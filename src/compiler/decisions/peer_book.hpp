// The peer sets that are in use, so that equal peers are one set.
#pragma once

#include "compiler/decisions/sources.hpp"
#include "model/tier.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace nodewall::compiler {

/// Knows a set as long as someone else holds it.
class peer_book {
public:
    shared_peer_set set_of(const model::pod_query& query, model::family f);
    /// Those whom the peers of a rule mean, nodes apart (rule_sources.hpp). Costs n log n in the
    /// number of blocks.
    sources sources_of(const model::peers& peers, model::family f);

    /// The sets of a query that are in use: none or one for each family.
    std::vector<shared_peer_set> sets_of(const model::pod_query& query) const;

private:
    void sweep();

    std::map<std::pair<model::pod_query, model::family>, std::weak_ptr<const peer_set>> of_queries_;
    std::map<std::string, std::weak_ptr<const peer_set>> of_blocks_; // by name
    std::size_t sweep_at_ = 64; // when so many are known, those that nobody holds are forgotten
};

} // namespace nodewall::compiler
