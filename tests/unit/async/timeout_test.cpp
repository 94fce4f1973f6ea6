#include "async/timeout.hpp"

#include "run.hpp"

#include <gtest/gtest.h>

namespace nodewall::async {
namespace {

using namespace std::chrono_literals;

awaitable<result<int>> answer_after(clock& time, nanoseconds delay, int value) {
    co_await time.sleep(delay);
    co_return value;
}

awaitable<result<int>> throw_after(clock& time, nanoseconds delay) {
    co_await time.sleep(delay);
    throw std::runtime_error("broken");
}

/// Answers although it is cancelled, as work does that was just done.
awaitable<result<int>> stubborn(clock& time) {
    try {
        co_await time.sleep(1h);
    } catch (const boost::system::system_error&) {
    }
    co_return 7;
}

TEST(Timeout, GivesWhatTheWorkReturnsInTime) {
    world w;
    const auto got = run(w, with_timeout(w.time, 2s, answer_after(w.time, 1s, 42)));
    EXPECT_EQ(got.value(), 42);
    EXPECT_EQ(w.time.next_deadline(), std::nullopt) << "the limit's own sleep must be gone";
}

TEST(Timeout, CancelsWorkThatTakesTooLong) {
    world w;
    const auto got = run(w, with_timeout(w.time, 1s, answer_after(w.time, 1h, 42)));
    ASSERT_TRUE(got.has_error());
    EXPECT_TRUE(got.error().is(errc::timed_out));
    EXPECT_EQ(w.time.next_deadline(), std::nullopt) << "the work must be gone";
}

TEST(Timeout, PassesOnWhatTheWorkThrows) {
    world w;
    EXPECT_THROW(run(w, with_timeout(w.time, 2s, throw_after(w.time, 1s))), std::runtime_error);
}

TEST(Timeout, KeepsAResultThatComesInTheVeryMoment) {
    world w;
    EXPECT_EQ(run(w, with_timeout(w.time, 1s, stubborn(w.time))).value(), 7);
}

awaitable<void> discard(awaitable<result<int>> work) {
    co_await std::move(work);
}

TEST(Timeout, CancellingTheCallerEndsBoth) {
    world w;
    running caller(w, discard(with_timeout(w.time, 1h, answer_after(w.time, 2h, 1))));
    w.context.poll();
    caller.cancel();
    w.context.restart();
    w.context.poll();
    EXPECT_TRUE(caller.cancelled());
    EXPECT_EQ(w.time.next_deadline(), std::nullopt);
}

} // namespace
} // namespace nodewall::async
