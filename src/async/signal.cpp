#include "async/signal.hpp"

#include <mutex>
#include <optional>
#include <utility>

namespace nodewall::async {

struct signal::state {
    std::mutex mutex;
    bool notified = false;
    std::optional<suspended> waiter;

    std::optional<suspended> take() {
        const std::lock_guard lock(mutex);
        return std::exchange(waiter, std::nullopt);
    }

    /// Keeps the waiter unless there was a notification: then it goes on.
    void keep(suspended newcomer) {
        const std::lock_guard lock(mutex);
        if (std::exchange(notified, false))
            newcomer.resume();
        else
            waiter.emplace(std::move(newcomer));
    }

    void notify() {
        const std::lock_guard lock(mutex);
        if (auto sleeping = std::exchange(waiter, std::nullopt))
            sleeping->resume();
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
    auto keep = [s = state_](suspended waiter) {
        s->keep(std::move(waiter));
        return [weak = std::weak_ptr(s)] {
            if (const auto alive = weak.lock())
                if (auto back = alive->take())
                    back->cancel();
        };
    };
    co_await suspend(keep);
}

} // namespace nodewall::async
