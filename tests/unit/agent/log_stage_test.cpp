#include "agent/log_stage.hpp"

#include "base/limits.hpp"
#include "hooked_log.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::agent {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

class LogStage : public testing::Test {
protected:
    void append(const std::string& name) {
        model::watch_events request{"pods", {{model::observed_event::action::added, {}}}};
        request.events[0].object = object_named(name);
        stage.append(std::move(request), told(name));
    }
    void append_list(std::size_t objects) {
        model::listed_objects list;
        list.stream = "services";
        list.resource_version = "7";
        for (std::size_t i = 0; i < objects; ++i)
            list.objects.push_back(object_named(std::to_string(i)));
        stage.append(std::move(list), told("list"));
    }
    model::event_sink::completion told(const std::string& name) {
        return [this, name](const result<model::append_outcome>& outcome) {
            happened.push_back(name + (outcome ? " at " + std::to_string(outcome->last_seq)
                                               : ": " + outcome.error().message()));
        };
    }
    void run() {
        pool.restart();
        pool.run();
    }
    std::vector<std::string> acts() {
        eventlog::event_filter which;
        which.type = "ACT";
        std::vector<std::string> bodies;
        for (const auto& e : log.read(which, SIZE_MAX).value())
            bodies.push_back(e.body);
        return bodies;
    }

    boost::asio::io_context pool;
    hooked_log log;
    std::vector<std::string> happened;
    log_stage stage{log, pool.get_executor(), [] { return timestamp{}; },
                    [this] { happened.emplace_back("head moved"); }};
};

TEST_F(LogStage, WhatWaitsTogetherIsCommittedTogetherAndInOrder) {
    append("a");
    append("b");
    append("c");
    EXPECT_TRUE(happened.empty()) << "nothing is written on the caller's thread";
    run();
    EXPECT_THAT(log.groups, ElementsAre(3U));
    EXPECT_THAT(happened, ElementsAre("head moved", "a at 2", "b at 3", "c at 4"));
    EXPECT_EQ(stage.figures().commits, 1U);
    EXPECT_EQ(stage.figures().events, 3U);
    EXPECT_EQ(stage.figures().last_seq, 4U);
    EXPECT_EQ(stage.figures().waiting_bytes, 0U);
}

TEST_F(LogStage, WhatArrivesDuringACommitGoesIntoTheNextOne) {
    log.during_append = [&] {
        append("b");
        append("c");
    };
    append("a");
    run();
    EXPECT_THAT(log.groups, ElementsAre(1U, 2U));
    EXPECT_THAT(happened, ElementsAre("head moved", "a at 2", "head moved", "b at 3", "c at 4"));
}

TEST_F(LogStage, AGroupIsBoundedAndAListIsCommittedWhole) {
    const auto most = limits::append_batch_events_max;
    for (std::size_t i = 0; i <= most; ++i)
        append(std::to_string(i));
    append_list(most + 1);
    append("last");
    run();
    EXPECT_THAT(log.groups, ElementsAre(most, 1U, 1U, 1U));
    EXPECT_EQ(stage.figures().events, (most + 1) + (most + 1) + 1 + 1) << "LISTED too";
}

TEST_F(LogStage, AFailureReachesEveryCompletionOfItsGroupAndNoOther) {
    append("a");
    append("b");
    log.append_fails = true;
    run();
    EXPECT_THAT(happened, ElementsAre(StartsWith("a: "), StartsWith("b: ")));
    EXPECT_EQ(stage.figures().failures, 1U);
    EXPECT_EQ(stage.figures().commits, 0U);
    EXPECT_EQ(stage.figures().waiting_bytes, 0U);
    happened.clear();
    append("c");
    run();
    EXPECT_THAT(happened, ElementsAre("head moved", "c at 2"));
}

TEST_F(LogStage, OfTooManyOwnActsTheOldestAreDroppedAndNothingElse) {
    append("a");
    for (std::size_t i = 0; i < limits::own_acts_waiting_max + 3; ++i)
        stage.record({"ACT", std::to_string(i), {}});
    append("b");
    run();
    const auto kept = acts();
    ASSERT_EQ(kept.size(), limits::own_acts_waiting_max);
    EXPECT_EQ(kept.front(), "3");
    EXPECT_EQ(kept.back(), std::to_string(limits::own_acts_waiting_max + 2));
    EXPECT_EQ(happened.at(1), "a at 2");
    EXPECT_THAT(happened.back(), StartsWith("b at "));
    EXPECT_EQ(stage.figures().waiting_bytes, 0U);
}

TEST_F(LogStage, AnActThatWasCommittedLeavesRoomForAnother) {
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < limits::own_acts_waiting_max; ++i)
            stage.record({"ACT", "{}", {}});
        run();
    }
    EXPECT_EQ(acts().size(), 2 * limits::own_acts_waiting_max);
}

} // namespace
} // namespace nodewall::agent
