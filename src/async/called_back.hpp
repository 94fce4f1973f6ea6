// Awaiting what is answered by a call from elsewhere.
#pragma once

#include "async/signal.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace nodewall::async {

/// Calls start(done) and waits until done(T) was called, once, on whatever thread; the T. Where the
/// waiting is cancelled, a later call of `done` is of no consequence.
template <class T, class Start> awaitable<T> called_back(Start start) {
    struct arrival {
        std::optional<T> value;
        signal here;
    };
    const auto waiting = std::make_shared<arrival>();
    start([waiting](T value) {
        waiting->value.emplace(std::move(value));
        waiting->here.notify();
    });
    co_await waiting->here.wait();
    co_return std::move(*waiting->value);
}

} // namespace nodewall::async
