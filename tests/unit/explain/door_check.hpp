// Questions about pods, asked of the compiled ruleset too: at a door that leads to the pod alone.
#pragma once

#include "cluster.hpp"

namespace nodewall::test {

/// Nothing for a question that names no port of a pod of the cluster.
void expect_same_at_a_door(const cluster& c, const expectation& e);

} // namespace nodewall::test
