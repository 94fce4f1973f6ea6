#include "async/supervise.hpp"

#include "run.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nodewall::async {
namespace {

using namespace std::chrono_literals;

struct recording_logger final : logger {
    std::vector<std::string> lines;
    void write(log_level, std::string_view line) override { lines.emplace_back(line); }
};

double always_half() {
    return 0.5;
}

awaitable<void> live_then_throw(clock& time, nanoseconds life, std::vector<nanoseconds>& starts) {
    starts.push_back(time.steady());
    co_await time.sleep(life);
    throw std::runtime_error("no such device");
}

TEST(Supervise, RestartsAStageThatFailsEachTimeLater) {
    world w;
    recording_logger log;
    std::vector<nanoseconds> starts;
    running stage(w, supervise(
                         "applier", [&] { return live_then_throw(w.time, 0s, starts); },
                         always_half, w.time, log));
    w.time.run_for(w.context, 2800ms);
    EXPECT_EQ(starts, (std::vector<nanoseconds>{0ms, 400ms, 1200ms, 2800ms}));
    ASSERT_FALSE(log.lines.empty());
    EXPECT_EQ(log.lines.front(), "applier failed: no such device; it starts again in 400 ms");
}

TEST(Supervise, AHealthyMinuteResetsTheBackoff) {
    world w;
    recording_logger log;
    std::vector<nanoseconds> starts;
    running stage(w, supervise(
                         "applier", [&] { return live_then_throw(w.time, 1min, starts); },
                         always_half, w.time, log));
    w.time.run_for(w.context, 3min);
    EXPECT_EQ(starts, (std::vector<nanoseconds>{0ms, 60400ms, 120800ms}));
}

awaitable<void> return_at_once() {
    co_return;
}

TEST(Supervise, AStageThatReturnsIsRestartedToo) {
    world w;
    recording_logger log;
    running stage(w, supervise("reader", return_at_once, always_half, w.time, log));
    w.time.run_for(w.context, 1s);
    EXPECT_FALSE(stage.ended());
    EXPECT_EQ(log.lines.front(), "reader ended unexpectedly; it starts again in 400 ms");
}

TEST(Supervise, OnlyCancellationEndsItWhereverItIs) {
    for (const auto moment : {0ms, 100ms, 700ms}) {
        world w;
        recording_logger log;
        std::vector<nanoseconds> starts;
        running stage(w, supervise(
                             "applier", [&] { return live_then_throw(w.time, 500ms, starts); },
                             always_half, w.time, log));
        w.time.run_for(w.context, moment);
        stage.cancel();
        w.time.run_for(w.context, 0s);
        EXPECT_TRUE(stage.cancelled()) << moment.count();
        EXPECT_EQ(w.time.next_deadline(), std::nullopt);
    }
}

TEST(Backoff, GrowsToItsBoundAndStaysUnderIt) {
    backoff delay([] { return 0.999; });
    std::chrono::nanoseconds last{};
    for (int i = 0; i < 100; ++i) {
        const auto next = delay.next();
        EXPECT_GE(next, last);
        EXPECT_LT(next, limits::backoff_max);
        last = next;
    }
    EXPECT_GT(last, 29s);
    delay.reset();
    EXPECT_LT(delay.next(), 800ms);
}

} // namespace
} // namespace nodewall::async
