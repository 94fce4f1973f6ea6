// Random histories of a small cluster with many front doors: Services that collide, backends that
// come and go, policies of every shape.
#pragma once

#include "model/event.hpp"
#include "ruleset/evaluator.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace nodewall::test {

/// Where the policies of a history stand.
enum class tiers : std::uint8_t {
    default_alone,
    all, ///< by their labels (unit/projection/tiered_policies.hpp)
};

/// The same seed gives the same history (seeds.hpp). Half of the seeds know no endpoint slices at
/// first.
std::vector<model::event> random_cluster_history(std::uint64_t seed, std::size_t events,
                                                 tiers of = tiers::default_alone);

/// A connection to one of the doors that such a history may have, from a source that it may know.
ruleset::packet random_connection(std::mt19937_64& chance);

} // namespace nodewall::test
