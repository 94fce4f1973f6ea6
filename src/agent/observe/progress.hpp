// Whether a stage's thread is at work, and since when: what the watchdog and readiness look at.
#pragma once

#include "async/clock.hpp"

#include <atomic>
#include <cstdint>
#include <optional>

namespace nodewall::agent {

/// From any thread.
class progress {
public:
    explicit progress(const async::clock& time) : time_(time) {}

    /// A piece of work was handed to the thread, or the next one begins.
    void begin() noexcept { since_.store(time_.steady().count() + 1); }
    /// Nothing is left to do.
    void end() noexcept { since_.store(idle); }

    /// For how long it has been at the present piece of work; nothing: it is idle.
    std::optional<async::nanoseconds> busy_for() const {
        const auto since = since_.load();
        if (since == idle)
            return std::nullopt;
        return time_.steady() - async::nanoseconds(since - 1);
    }

private:
    static constexpr std::int64_t idle = 0;
    const async::clock& time_;
    std::atomic<std::int64_t> since_{idle};
};

/// Begins, and ends with the scope.
class at_work {
public:
    explicit at_work(progress& p) : progress_(p) { progress_.begin(); }
    ~at_work() { progress_.end(); }
    at_work(const at_work&) = delete;
    at_work& operator=(const at_work&) = delete;

private:
    progress& progress_;
};

} // namespace nodewall::agent
