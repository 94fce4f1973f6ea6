// What the stages measure themselves with: one object, owned by the service, for metrics, readiness
// and the watchdog.
#pragma once

#include "agent/observe/latency.hpp"
#include "agent/observe/progress.hpp"

namespace nodewall::agent {

struct meters {
    explicit meters(const async::clock& time)
        : timing(time), log_work(time), compile_work(time), kernel_work(time) {}

    latency timing;
    histogram log_commits;
    progress log_work, compile_work, kernel_work; // of each pool
};

} // namespace nodewall::agent
