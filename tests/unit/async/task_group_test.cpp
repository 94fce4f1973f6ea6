#include "async/task_group.hpp"

#include "run.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nodewall::async {
namespace {

using namespace std::chrono_literals;

awaitable<void> end_after(clock& time, nanoseconds delay) {
    co_await time.sleep(delay);
}

awaitable<void> fail_after(clock& time, nanoseconds delay, std::string why) {
    co_await time.sleep(delay);
    throw std::runtime_error(why);
}

awaitable<void> fail_when_cancelled(clock& time) {
    try {
        co_await time.sleep(1h);
    } catch (const boost::system::system_error&) {
        throw std::runtime_error("while cleaning up");
    }
}

template <class... Tasks> awaitable<void> all(Tasks... tasks) {
    std::vector<awaitable<void>> list;
    (list.push_back(std::move(tasks)), ...);
    return run_all(std::move(list));
}

TEST(TaskGroup, TheFirstToReturnEndsTheRest) {
    world w;
    running group(w, all(end_after(w.time, 1s), end_after(w.time, 1h), end_after(w.time, 2h)));
    w.time.run_for(w.context, 1s);
    EXPECT_TRUE(group.ended());
    EXPECT_EQ(group.thrown(), "");
    EXPECT_EQ(w.time.next_deadline(), std::nullopt);
}

TEST(TaskGroup, TheFirstErrorEndsTheRestAtOnceAndIsKept) {
    world w;
    running group(w, all(end_after(w.time, 1h), fail_after(w.time, 20ms, "disk on fire")));
    w.time.run_for(w.context, 20ms);
    EXPECT_TRUE(group.ended());
    EXPECT_EQ(group.thrown(), "disk on fire");
}

TEST(TaskGroup, OfTwoErrorsTheFirstIsKept) {
    world w;
    running group(w, all(fail_when_cancelled(w.time), fail_after(w.time, 1s, "the cause")));
    w.time.run_for(w.context, 1s);
    EXPECT_EQ(group.thrown(), "the cause");
}

TEST(TaskGroup, AnErrorDuringCleanUpIsNotLost) {
    world w;
    running group(w, all(fail_when_cancelled(w.time), end_after(w.time, 1s)));
    w.time.run_for(w.context, 1s);
    EXPECT_EQ(group.thrown(), "while cleaning up");
}

TEST(TaskGroup, CancellingTheCallerEndsAll) {
    world w;
    running group(w, all(end_after(w.time, 1h), end_after(w.time, 2h)));
    w.context.poll();
    group.cancel();
    w.context.restart();
    w.context.poll();
    EXPECT_TRUE(group.cancelled());
    EXPECT_EQ(w.time.next_deadline(), std::nullopt);
}

TEST(TaskGroup, OfNothingIsDoneAtOnce) {
    world w;
    running group(w, run_all({}));
    w.context.poll();
    EXPECT_TRUE(group.ended());
}

} // namespace
} // namespace nodewall::async
