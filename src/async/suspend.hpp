// What every primitive here that waits is built on: a coroutine laid aside until someone wakes it.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/any_completion_handler.hpp>

#include <functional>

namespace nodewall::async {

/// A waiting coroutine. Destroying it unwoken destroys the coroutine.
class suspended {
public:
    suspended(boost::asio::any_completion_handler<void(boost::system::error_code)> handler,
              executor home)
        : handler_(std::move(handler)), home_(std::move(home)) {}

    /// The coroutine goes on, on its own executor, never inside this call. Once, from any thread.
    void resume() { finish({}); }
    /// The same, as cancelled.
    void cancel();

private:
    void finish(boost::system::error_code outcome);

    boost::asio::any_completion_handler<void(boost::system::error_code)> handler_;
    executor home_;
};

/// Hands the calling coroutine to `keep` and waits. `keep` returns what to do on cancellation: take
/// the coroutine back and cancel() it; nothing where it was woken in the meantime.
awaitable<void> suspend(std::function<std::function<void()>(suspended)> keep);

} // namespace nodewall::async
