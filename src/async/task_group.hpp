// Coroutines that live and end together.
#pragma once

#include "async/awaitable.hpp"

#include <vector>

namespace nodewall::async {

/// Runs all tasks at once on the caller's executor. The first to end, by return or by throw,
/// cancels the rest, which are waited for. Throws the first exception that is no cancellation;
/// where there is none, the cancellation if the caller itself was cancelled.
awaitable<void> run_all(std::vector<awaitable<void>> tasks);

} // namespace nodewall::async
