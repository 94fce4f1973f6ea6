// A slot of one in which the latest value wins: the hand-over between a fast and a slow stage.
#pragma once

#include "async/signal.hpp"

#include <mutex>
#include <optional>
#include <utility>

namespace nodewall::async {

template <class T> class latest {
public:
    /// Replaces a value that nobody took. From any thread.
    void put(T value) {
        {
            const std::lock_guard lock(mutex_);
            value_ = std::move(value);
        }
        arrived_.notify();
    }

    /// Waits for a value and empties the slot. One taker.
    awaitable<T> take() {
        for (;;) {
            if (auto value = try_take())
                co_return std::move(*value);
            co_await arrived_.wait();
        }
    }

    std::optional<T> try_take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(value_, std::nullopt);
    }

private:
    std::mutex mutex_;
    std::optional<T> value_;
    signal arrived_;
};

} // namespace nodewall::async
