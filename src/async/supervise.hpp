// Keeps a stage running.
#pragma once

#include "async/backoff.hpp"
#include "async/clock.hpp"
#include "base/log.hpp"

#include <functional>
#include <string>

namespace nodewall::async {

/// Runs what `make_stage` makes, again and again: a stage that throws or returns is named in the
/// log and started anew after a backoff, which a run of limits::backoff_reset_after resets. Ends
/// only by cancellation.
awaitable<void> supervise(std::string name, std::function<awaitable<void>()> make_stage,
                          jitter random, clock& time, logger& log);

} // namespace nodewall::async
