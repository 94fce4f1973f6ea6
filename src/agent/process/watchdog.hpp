// The service manager's watchdog (sd_watchdog_enabled(3)): fed by progress, not by a timer alone.
#pragma once

#include "agent/observe/meters.hpp"
#include "async/clock.hpp"

#include <functional>
#include <string>
#include <vector>

namespace nodewall::agent {

/// The stages that have been at one piece of work for longer than limits::stage_busy_max, a line
/// each; empty: none.
std::vector<std::string> stuck_stages(const meters& m);

/// Calls `feed` thrice in each `interval`, as long as the executor that it is awaited on turns and
/// no stage is stuck. Until cancelled.
async::awaitable<void> feed_watchdog(const meters& m, async::clock& time,
                                     async::nanoseconds interval, std::function<void()> feed);

} // namespace nodewall::agent
