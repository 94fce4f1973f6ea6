// A clock that stands still until it is told to move: tests and simulation run hours in
// milliseconds, the same way each time.
#pragma once

#include "async/clock.hpp"

#include <memory>
#include <optional>

namespace boost::asio {
class io_context;
}

namespace nodewall::async {

/// Destroy it before the io_context: coroutines that still sleep go with it.
class virtual_clock final : public clock {
public:
    explicit virtual_clock(timestamp start = timestamp{});
    ~virtual_clock() override;

    timestamp now() const override;
    nanoseconds steady() const override;
    awaitable<void> sleep(nanoseconds duration) override;

    /// Moves to the next deadline and wakes whoever waits for it, each on its own executor; those
    /// of one instant in the order in which they began to wait. False where nobody waits.
    bool advance_to_next();
    /// Moves by `duration`, waking everyone on the way in order of deadline. What they do next
    /// begins at the new time: run_for() is for when that matters.
    void advance(nanoseconds duration);
    /// The instant that the next sleeper waits for, in steady().
    std::optional<nanoseconds> next_deadline() const;

    /// Runs `context` for `duration` of this clock's time: to the last ready handler at each
    /// instant, then on to the next deadline. Ends at exactly steady() + duration.
    void run_for(boost::asio::io_context& context, nanoseconds duration);

private:
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace nodewall::async
