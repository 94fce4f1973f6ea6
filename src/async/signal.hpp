// A wake-up that coalesces: any number of notifications before the waiter comes are one.
#pragma once

#include "async/suspend.hpp"

#include <memory>

namespace nodewall::async {

/// One waiter at a time. It must outlive whoever notifies.
class signal {
public:
    signal();
    ~signal();

    /// From any thread; never waits.
    void notify();
    /// Ends at once if notified since the last wait ended, else at the next notification.
    awaitable<void> wait();

private:
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace nodewall::async
