// Runs coroutines of a test to their end on virtual time.
#pragma once

#include "async/virtual_clock.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>

namespace nodewall::async {

struct world {
    boost::asio::io_context context;
    virtual_clock time;

    executor where() { return context.get_executor(); }
};

/// A coroutine under way, and how it ended.
class running {
public:
    running(world& w, awaitable<void> task) {
        boost::asio::co_spawn(
            w.context, std::move(task),
            boost::asio::bind_cancellation_slot(stop_.slot(), [this](std::exception_ptr e) {
                ended_ = true;
                problem_ = std::move(e);
            }));
    }
    void cancel() { stop_.emit(boost::asio::cancellation_type::terminal); }

    bool ended() const { return ended_; }
    bool cancelled() const { return ended_ && is_cancellation(problem_); }
    /// The text of what it threw; empty: nothing.
    std::string thrown() const { return problem_ ? describe(problem_) : ""; }

private:
    boost::asio::cancellation_signal stop_;
    std::exception_ptr problem_;
    bool ended_ = false;
};

/// What `work` returns; throws what it throws. A minute of virtual time is the most it may take.
template <class T> T run(world& w, awaitable<T> work) {
    std::optional<T> value;
    std::exception_ptr problem;
    bool ended = false;
    boost::asio::co_spawn(w.context, std::move(work), [&](std::exception_ptr e, T v) {
        problem = std::move(e);
        value = std::move(v);
        ended = true;
    });
    for (int second = 0; second < 60 && !ended; ++second)
        w.time.run_for(w.context, std::chrono::seconds(1));
    if (problem)
        std::rethrow_exception(problem);
    if (!ended)
        throw std::runtime_error("the coroutine did not end within a minute");
    return std::move(*value);
}

} // namespace nodewall::async
