// One check for each of many seeds. NODEWALL_SEED=N repeats one, NODEWALL_TEST_SCALE=N runs N times
// as many. A seed means the same only to programs of one compiler: what a generator draws while it
// evaluates a call's arguments is drawn in the compiler's order.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace nodewall::test {

/// What the environment says, else `otherwise`.
inline std::uint64_t number_in_environment(const char* name, std::uint64_t otherwise) {
    const char* set = std::getenv(name);
    return set != nullptr ? std::stoull(set) : otherwise;
}

/// Calls `check(seed)` for the seeds from 1 up to `seeds`, until one fails.
template <class F> void for_each_seed(std::uint64_t seeds, F check) {
    const auto asked = number_in_environment("NODEWALL_SEED", 0);
    const auto first = asked != 0 ? asked : 1;
    const auto scale = number_in_environment("NODEWALL_TEST_SCALE", 1);
    ASSERT_GT(scale, 0U) << "NODEWALL_TEST_SCALE: no seed would be tried";
    const auto last = asked != 0 ? asked : seeds * scale;
    for (auto seed = first; seed <= last && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("repeat with NODEWALL_SEED=" + std::to_string(seed));
        check(seed);
    }
}

} // namespace nodewall::test
