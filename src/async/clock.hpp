// The only source of time. Whoever waits or reads a clock is given one of these.
#pragma once

#include "async/awaitable.hpp"
#include "base/time.hpp"

#include <chrono>

namespace nodewall::async {

using nanoseconds = std::chrono::nanoseconds;

class clock {
public:
    virtual ~clock() = default;

    /// Wall clock, UTC. It may step in either direction. From any thread.
    virtual timestamp now() const = 0;
    /// Nanoseconds since some fixed instant; never steps back. From any thread.
    virtual nanoseconds steady() const = 0;
    /// Ends after `duration`, or by cancellation.
    virtual awaitable<void> sleep(nanoseconds duration) = 0;
};

/// The machine's own clocks; sleeps on the executor of the coroutine that waits.
class real_clock final : public clock {
public:
    timestamp now() const override;
    nanoseconds steady() const override;
    awaitable<void> sleep(nanoseconds duration) override;
};

} // namespace nodewall::async
