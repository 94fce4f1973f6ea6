#include "async/hop.hpp"

#include "run.hpp"

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace nodewall::async {
namespace {

struct places {
    std::thread::id worked, resumed;
};

awaitable<places> visit(executor pool) {
    places seen;
    auto work = []() -> result<std::thread::id> { return std::this_thread::get_id(); };
    seen.worked = (co_await on_pool(pool, work)).value();
    seen.resumed = std::this_thread::get_id();
    co_return seen;
}

template <class T> T run_for_real(boost::asio::io_context& context, awaitable<T> work) {
    std::optional<T> value;
    std::exception_ptr problem;
    boost::asio::co_spawn(context, std::move(work), [&](std::exception_ptr e, T v) {
        problem = std::move(e);
        value = std::move(v);
    });
    context.run();
    if (problem)
        std::rethrow_exception(problem);
    return std::move(*value);
}

TEST(Hop, WorksOnThePoolAndResumesAtHome) {
    boost::asio::io_context context;
    boost::asio::thread_pool pool(1);
    const auto seen = run_for_real(context, visit(pool.get_executor()));
    EXPECT_NE(seen.worked, std::this_thread::get_id());
    EXPECT_EQ(seen.resumed, std::this_thread::get_id());
}

TEST(Hop, WhatTheWorkThrowsArrivesAtHome) {
    boost::asio::io_context context;
    boost::asio::thread_pool pool(1);
    auto work = []() -> result<int> { throw std::runtime_error("no disk"); };
    EXPECT_THROW(run_for_real(context, on_pool(executor(pool.get_executor()), work)),
                 std::runtime_error);
}

awaitable<void> hop_then_note(executor pool, std::latch& begun, std::latch& go, bool& went_on) {
    co_await on_pool(pool, [&]() -> result<int> {
        begun.count_down();
        go.wait();
        return 1;
    });
    co_await boost::asio::post(co_await boost::asio::this_coro::executor,
                               boost::asio::use_awaitable);
    went_on = true;
}

TEST(Hop, CancellationWaitsForTheWorkThenEndsTheCaller) {
    world w;
    boost::asio::thread_pool pool(1);
    std::latch begun(1), go(1);
    bool went_on = false;
    running caller(w, hop_then_note(pool.get_executor(), begun, go, went_on));
    w.context.poll();
    begun.wait();
    caller.cancel();
    w.context.restart();
    w.context.poll();
    EXPECT_FALSE(caller.ended()) << "the work is still under way";
    go.count_down();
    w.context.restart();
    w.context.run();
    EXPECT_TRUE(caller.cancelled());
    EXPECT_FALSE(went_on);
}

} // namespace
} // namespace nodewall::async
