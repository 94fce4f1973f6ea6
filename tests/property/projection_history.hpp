// Random histories of a small, crowded cluster: pods that share addresses, namespaces that are
// relabelled, policies, Services and slices that come, change and go.
#pragma once

#include "model/event.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace nodewall::test {

/// The events of each object in their order. Objects are independent of each other.
using histories = std::vector<std::vector<model::event>>;

/// One event after the other, as a log could hold them. The same seed gives the same history.
std::vector<model::event> random_history(std::uint64_t seed, std::size_t events);

histories by_object(const std::vector<model::event>& history);

/// Any order that keeps the events of each object in order.
std::vector<model::event> shuffled(const histories& objects, std::mt19937_64& chance);

/// Object after object, the last one first.
std::vector<model::event> reversed(const histories& objects);

/// Only the last event of each object that is not gone.
std::vector<model::event> squashed(const histories& objects);

} // namespace nodewall::test
