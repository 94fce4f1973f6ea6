#include "async/latest.hpp"

#include "run.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace nodewall::async {
namespace {

using namespace std::chrono_literals;

awaitable<void> count_wake_ups(signal& s, int& count) {
    for (;;) {
        co_await s.wait();
        ++count;
    }
}

void settle(world& w) {
    w.context.restart();
    w.context.poll();
}

TEST(Signal, ManyNotificationsAreOneWakeUp) {
    world w;
    signal s;
    s.notify();
    s.notify();
    s.notify();
    int count = 0;
    running waiter(w, count_wake_ups(s, count));
    settle(w);
    EXPECT_EQ(count, 1);
    s.notify();
    settle(w);
    EXPECT_EQ(count, 2);
}

TEST(Signal, WakesFromAnotherThread) {
    world w;
    signal s;
    int count = 0;
    running waiter(w, count_wake_ups(s, count));
    settle(w);
    std::jthread([&] { s.notify(); }).join();
    settle(w);
    EXPECT_EQ(count, 1);
}

TEST(Signal, ACancelledWaitEndsAndTheNextNotificationIsKept) {
    world w;
    signal s;
    int count = 0;
    {
        running waiter(w, count_wake_ups(s, count));
        settle(w);
        waiter.cancel();
        settle(w);
        EXPECT_TRUE(waiter.cancelled());
    }
    s.notify();
    running next(w, count_wake_ups(s, count));
    settle(w);
    EXPECT_EQ(count, 1);
}

awaitable<void> collect(latest<int>& slot, clock& time, std::vector<int>& seen) {
    for (;;) {
        seen.push_back(co_await slot.take());
        co_await time.sleep(1s);
    }
}

TEST(Latest, ASlowTakerSeesTheLatestValueOnly) {
    world w;
    latest<int> slot;
    std::vector<int> seen;
    running taker(w, collect(slot, w.time, seen));
    settle(w);
    slot.put(1);
    settle(w);
    slot.put(2);
    slot.put(3);
    w.time.run_for(w.context, 5s);
    EXPECT_EQ(seen, (std::vector{1, 3}));
    EXPECT_EQ(slot.try_take(), std::nullopt);
    slot.put(4);
    w.time.run_for(w.context, 5s);
    EXPECT_EQ(seen, (std::vector{1, 3, 4}));
}

} // namespace
} // namespace nodewall::async
