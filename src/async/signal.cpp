#include "async/signal.hpp"

#include <mutex>
#include <optional>
#include <utility>

namespace nodewall::async {

struct signal::state {
    std::mutex mutex;
    bool notified = false;
    std::optional<parked> waiter;

    std::optional<parked> take() {
        const std::lock_guard lock(mutex);
        return std::exchange(waiter, std::nullopt);
    }

    /// Keeps the waiter unless there was a notification: then it goes on.
    void keep(parked newcomer) {
        const std::lock_guard lock(mutex);
        if (std::exchange(notified, false))
            newcomer.wake();
        else
            waiter.emplace(std::move(newcomer));
    }

    void notify() {
        const std::lock_guard lock(mutex);
        if (auto sleeping = std::exchange(waiter, std::nullopt))
            sleeping->wake();
        else
            notified = true;
    }
};

signal::signal() : state_(std::make_shared<state>()) {}

signal::~signal() {
    state_->take();
}

void signal::notify() {
    state_->notify();
}

awaitable<void> signal::wait() {
    auto keep = [s = state_](parked waiter) {
        s->keep(std::move(waiter));
        return [weak = std::weak_ptr(s)] {
            if (const auto alive = weak.lock())
                if (auto back = alive->take())
                    back->cancel();
        };
    };
    co_await park(keep);
}

} // namespace nodewall::async
