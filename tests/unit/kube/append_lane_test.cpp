#include "kube/append_lane.hpp"

#include "base/limits.hpp"
#include "fake_sink.hpp"
#include "unit/async/run.hpp"

#include <gtest/gtest.h>

namespace nodewall::kube {
namespace {

using namespace std::chrono_literals;

std::vector<model::observed_event> events(int first, int count, std::size_t bytes = 10) {
    std::vector<model::observed_event> out;
    for (int i = first; i < first + count; ++i)
        out.push_back({model::observed_event::action::modified,
                       {"web", "a", "u", std::to_string(i), std::string(bytes, 'x')}});
    return out;
}

struct AppendLane : testing::Test {
    async::world w;
    fake_sink log;
    append_lane lane{log, "pods", 10'000};
    std::optional<async::running> stage{std::in_place, w, lane.run()};

    ~AppendLane() override {
        if (!stage->ended())
            stage->cancel();
        settle();
    }
    void settle() { w.time.run_for(w.context, 0s); }
};

TEST_F(AppendLane, AnEventGoesToTheLogAtOnce) {
    lane.push(events(1, 1));
    settle();
    EXPECT_EQ(log.waiting.size(), 1U);
}

TEST_F(AppendLane, WhatArrivesDuringAnAppendGoesIntoTheNext) {
    for (int i = 1; i <= 3; ++i) {
        lane.push(events(i, 1));
        settle();
    }
    EXPECT_EQ(log.waiting.size(), 1U) << "one at a time";
    log.complete();
    settle();
    log.complete();
    settle();
    EXPECT_EQ(log.record, (std::vector<std::string>{"MODIFIED@1 a", "MODIFIED@2 a, MODIFIED@3 a"}));
    EXPECT_TRUE(log.waiting.empty());
}

TEST_F(AppendLane, NoRequestIsLargerThanATransaction) {
    const auto most = limits::append_batch_events_max;
    lane.push(events(1, static_cast<int>(most) + 1, 0));
    settle();
    EXPECT_EQ(std::get<model::watch_events>(log.waiting.front().request).events.size(), most);
    log.complete();
    settle();
    EXPECT_EQ(std::get<model::watch_events>(log.waiting.front().request).events.size(), 1U);
}

TEST_F(AppendLane, WaitsForRoomUntilTheLogHasCaughtUp) {
    lane.push(events(1, 1, 20'000));
    settle();
    async::running waiter(w, lane.room());
    settle();
    EXPECT_FALSE(waiter.ended());
    log.complete();
    settle();
    EXPECT_TRUE(waiter.ended());
}

TEST_F(AppendLane, AListComesBehindTheEventsBeforeIt) {
    lane.push(events(1, 1));
    settle();
    async::running lister(w, lane.append_last(model::listed_objects{"pods", "9", {}, {}, {}}));
    settle();
    EXPECT_EQ(log.waiting.size(), 1U);
    log.complete();
    settle();
    EXPECT_FALSE(lister.ended()) << "not durable yet";
    log.complete();
    settle();
    EXPECT_TRUE(lister.ended());
    EXPECT_EQ(log.record, (std::vector<std::string>{"MODIFIED@1 a", "LIST@9:"}));
}

TEST_F(AppendLane, NothingFollowsAFailedAppend) {
    lane.push(events(1, 1));
    settle();
    lane.push(events(2, 1));
    log.fail();
    settle();
    EXPECT_TRUE(stage->ended());
    EXPECT_NE(stage->thrown(), "");
    EXPECT_TRUE(log.waiting.empty());
}

TEST_F(AppendLane, CanBeCancelledWhileTheLogIsBusy) {
    lane.push(events(1, 1));
    settle();
    stage->cancel();
    settle();
    ASSERT_TRUE(stage->cancelled());
    log.complete(); // too late for anyone
}

} // namespace
} // namespace nodewall::kube
