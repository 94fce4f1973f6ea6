#include "run.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nodewall::async {
namespace {

using namespace std::chrono_literals;

awaitable<void> note_after(clock& time, nanoseconds delay, std::string word, std::string& notes) {
    co_await time.sleep(delay);
    notes += word;
}

TEST(VirtualClock, StandsStillUntilItIsMoved) {
    world w;
    std::string notes;
    running sleeper(w, note_after(w.time, 1h, "woke", notes));
    w.context.poll();
    EXPECT_EQ(w.time.steady(), 0s);
    EXPECT_EQ(w.time.next_deadline(), 1h);
    EXPECT_EQ(notes, "");
    EXPECT_TRUE(w.time.advance_to_next());
    w.context.restart();
    w.context.poll();
    EXPECT_EQ(notes, "woke");
    EXPECT_EQ(w.time.steady(), 1h);
    EXPECT_EQ(w.time.now(), timestamp(1h));
    EXPECT_FALSE(w.time.advance_to_next());
}

TEST(VirtualClock, WakesInOrderOfDeadlineThenOfArrival) {
    world w;
    std::string notes;
    running c(w, note_after(w.time, 3s, "c", notes));
    running a(w, note_after(w.time, 1s, "a", notes));
    running b(w, note_after(w.time, 1s, "b", notes));
    w.time.run_for(w.context, 10s);
    EXPECT_EQ(notes, "abc");
    EXPECT_EQ(w.time.steady(), 10s);
}

awaitable<void> tick_three_times(clock& time, std::vector<nanoseconds>& at) {
    for (int i = 0; i < 3; ++i) {
        co_await time.sleep(1s);
        at.push_back(time.steady());
    }
}

TEST(VirtualClock, RunForGivesEachWakeUpItsOwnInstant) {
    world w;
    std::vector<nanoseconds> at;
    running ticker(w, tick_three_times(w.time, at));
    w.time.run_for(w.context, 10s);
    EXPECT_EQ(at, (std::vector<nanoseconds>{1s, 2s, 3s}));
}

TEST(VirtualClock, ACancelledSleepEndsAtOnceAndLeavesNoDeadline) {
    world w;
    std::string notes;
    running sleeper(w, note_after(w.time, 1h, "woke", notes));
    w.context.poll();
    sleeper.cancel();
    w.context.restart();
    w.context.poll();
    EXPECT_TRUE(sleeper.cancelled());
    EXPECT_EQ(w.time.next_deadline(), std::nullopt);
    EXPECT_EQ(notes, "");
}

TEST(RealClock, ACancelledSleepEndsAtOnce) {
    world w;
    real_clock time;
    std::string notes;
    running sleeper(w, note_after(time, 1h, "woke", notes));
    w.context.poll();
    sleeper.cancel();
    w.context.restart();
    w.context.run();
    EXPECT_TRUE(sleeper.cancelled());
}

} // namespace
} // namespace nodewall::async
