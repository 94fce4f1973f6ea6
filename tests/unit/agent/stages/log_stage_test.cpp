#include "agent/stages/log_stage.hpp"

#include "../hooked_log.hpp"
#include "agent/process/configuration.hpp"
#include "base/limits.hpp"
#include "unit/async/run.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::agent {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
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
    std::vector<std::string> recorded() {
        eventlog::event_filter which;
        which.type = "TOLD";
        std::vector<std::string> bodies;
        for (const auto& e : log.read(which, SIZE_MAX).value())
            bodies.push_back(e.body);
        return bodies;
    }

    boost::asio::io_context pool;
    hooked_log log;
    std::vector<std::string> happened;
    async::virtual_clock time;
    meters measured{time};
    result<void> present;
    log_stage stage{log,
                    pool.get_executor(),
                    time,
                    measured,
                    [this] { happened.emplace_back("head moved"); },
                    [this] { return present; }};
};

TEST_F(LogStage, WhatWaitsTogetherIsCommittedTogetherAndInOrder) {
    append("a");
    append("b");
    append("c");
    EXPECT_TRUE(happened.empty()) << "nothing is written on the caller's thread";
    run();
    EXPECT_THAT(log.groups, ElementsAre(3U));
    EXPECT_THAT(happened, ElementsAre("head moved", "a at 2", "b at 3", "c at 4"));
    EXPECT_EQ(stage.stats().commits, 1U);
    EXPECT_EQ(stage.stats().events, 3U);
    EXPECT_EQ(stage.stats().last_seq, 4U);
    EXPECT_EQ(stage.stats().waiting_bytes, 0U);
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

TEST_F(LogStage, ACheckpointIsWorkedOnWhereNothingWaitsAStepAtATime) {
    const auto step = [&](bool more) {
        return [this, more]() -> result<bool> {
            happened.emplace_back("step");
            return more;
        };
    };
    const auto arrives = [&]() -> result<bool> {
        happened.emplace_back("step");
        append("b");
        return true;
    };
    log.checkpoint_steps = {step(false), step(true), arrives};
    append("a");
    run();
    EXPECT_THAT(happened,
                ElementsAre("head moved", "a at 2", "step", "head moved", "b at 3", "step", "step"))
        << "what arrives goes before the next step";
}

TEST_F(LogStage, ACheckpointThatFailsIsLeftUntilTheNextCommit) {
    int tried = 0;
    const auto fails = [&]() -> result<bool> {
        ++tried;
        return error(eventlog::errc::disk_full);
    };
    log.checkpoint_steps = {fails, fails};
    append("a");
    run();
    EXPECT_EQ(tried, 1);
    append("b");
    run();
    EXPECT_EQ(tried, 2);
    EXPECT_EQ(stage.stats().failures, 0U);
}

TEST_F(LogStage, AGroupIsBoundedAndAListIsCommittedWhole) {
    const auto most = limits::append_batch_events_max;
    for (std::size_t i = 0; i <= most; ++i)
        append(std::to_string(i));
    append_list(most + 1);
    append("last");
    run();
    EXPECT_THAT(log.groups, ElementsAre(most, 1U, 1U, 1U));
    EXPECT_EQ(stage.stats().events, (most + 1) + (most + 1) + 1 + 1) << "LISTED too";
}

TEST_F(LogStage, AFailureReachesEveryCompletionOfItsGroupAndNoOther) {
    append("a");
    append("b");
    log.append_fails = true;
    run();
    EXPECT_THAT(happened, ElementsAre(StartsWith("a: "), StartsWith("b: ")));
    EXPECT_EQ(stage.stats().failures, 1U);
    EXPECT_EQ(stage.stats().commits, 0U);
    EXPECT_EQ(stage.stats().waiting_bytes, 0U);
    happened.clear();
    append("c");
    run();
    EXPECT_THAT(happened, ElementsAre("head moved", "c at 2"));
}

TEST_F(LogStage, OfTooManyAgentEventsTheOldestAreDroppedAndNothingElse) {
    append("a");
    for (std::size_t i = 0; i < limits::applied_events_budget.events + 3; ++i)
        stage.record(event_class::applied, {"TOLD", std::to_string(i), {}});
    append("b");
    run();
    const auto kept = recorded();
    ASSERT_EQ(kept.size(), limits::applied_events_budget.events);
    EXPECT_EQ(kept.front(), "3");
    EXPECT_EQ(kept.back(), std::to_string(limits::applied_events_budget.events + 2));
    EXPECT_EQ(happened.at(1), "a at 2");
    EXPECT_THAT(happened.back(), StartsWith("b at "));
    EXPECT_THAT(stage.stats().dropped, ElementsAre(3U, 0U, 0U));
    EXPECT_EQ(stage.stats().waiting_bytes, 0U);
}

TEST_F(LogStage, AnAgentEventThatWasCommittedLeavesRoomForAnother) {
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < limits::applied_events_budget.events; ++i)
            stage.record(event_class::applied, {"TOLD", "{}", {}});
        run();
    }
    EXPECT_EQ(recorded().size(), 2 * limits::applied_events_budget.events);
}

TEST_F(LogStage, WhatWasAppliedIsNotPushedOutByWhatWasRefused) {
    stage.record(event_class::applied, {"TOLD", "applied", {}});
    stage.record(event_class::drift, {"TOLD", "drift", {}});
    const auto most = limits::refused_events_budget.events;
    for (std::size_t i = 0; i < 3 * most; ++i)
        stage.record(event_class::refused, {"TOLD", "refused", {}});
    run();
    const auto kept = recorded();
    ASSERT_EQ(kept.size(), most + 2);
    EXPECT_EQ(kept.at(0), "applied");
    EXPECT_EQ(kept.at(1), "drift");
    EXPECT_THAT(stage.stats().dropped, ElementsAre(0U, 0U, 2 * most));
}

TEST_F(LogStage, AClassIsBoundedInBytesToo) {
    const std::string large(limits::refused_events_budget.bytes / 4, 'x');
    for (int i = 0; i < 6; ++i)
        stage.record(event_class::refused, {"TOLD", large + std::to_string(i), {}});
    EXPECT_LE(stage.stats().waiting_bytes, limits::refused_events_budget.bytes);
    run();
    const auto kept = recorded();
    ASSERT_EQ(kept.size(), 3U);
    EXPECT_EQ(kept.back(), large + "5") << "the newest stay";
}

TEST_F(LogStage, AnEventLargerThanItsBudgetIsKeptAlone) {
    stage.record(event_class::drift, {"TOLD", "small", {}});
    stage.record(event_class::drift,
                 {"TOLD", std::string(limits::drift_events_budget.bytes + 1, 'x'), {}});
    run();
    EXPECT_EQ(recorded().size(), 1U);
    EXPECT_THAT(stage.stats().dropped, ElementsAre(0U, 1U, 0U));
}

TEST_F(LogStage, WhatTheLogRefusedKeepsToItsBudgetTooAndTheNewestStay) {
    const auto most = limits::drift_events_budget.events;
    log.append_fails = true;
    log.during_append = [&] {
        for (std::size_t i = 0; i < most; ++i)
            stage.record(event_class::drift, {"TOLD", "new", {}});
    };
    stage.record(event_class::drift, {"TOLD", "old", {}});
    stage.record(event_class::applied, {"TOLD", "applied", {}});
    run();
    stage.retry();
    run();
    const auto kept = recorded();
    ASSERT_EQ(kept.size(), most + 1);
    EXPECT_EQ(kept.front(), "applied");
    EXPECT_EQ(kept.back(), "new");
    EXPECT_EQ(stage.stats().waiting_bytes, 0U);
}

TEST_F(LogStage, ACursorIsToldOnThePoolBetweenTwoCommits) {
    const auto ask = [&] {
        stage.cursor("pods", [&](const auto& cursor) {
            happened.push_back("cursor " + cursor->value_or("none"));
        });
    };
    append("a");
    ask();
    EXPECT_THAT(happened, IsEmpty()) << "nothing is asked of the log on the caller's thread";
    log.during_append = ask;
    run();
    EXPECT_THAT(happened, ElementsAre("cursor none", "head moved", "a at 2", "cursor rv-a"));
    happened.clear();
    ask();
    run();
    EXPECT_THAT(happened, ElementsAre("cursor rv-a")) << "though nothing is to be appended";
    EXPECT_THAT(log.groups, ElementsAre(1U));
    EXPECT_FALSE(measured.log_work.busy_for());
}

TEST_F(LogStage, ACursorIsToldWhileTheLogRefusesWhatItIsGiven) {
    log.append_fails = true;
    log.during_append = [&] {
        stage.cursor("pods", [&](const auto&) { happened.emplace_back("cursor"); });
    };
    stage.record(event_class::applied, {"TOLD", "1", {}});
    run();
    EXPECT_THAT(happened, testing::Contains("cursor"));
    EXPECT_FALSE(measured.log_work.busy_for());
}

TEST_F(LogStage, AFailureIsNamedUntilACommitSucceeds) {
    log.append_fails = true;
    append("a");
    run();
    EXPECT_THAT(stage.stats().last_error, HasSubstr("no room"));
    append("b");
    run();
    EXPECT_EQ(stage.stats().last_error, "");
    EXPECT_EQ(stage.stats().commit_seconds.count(), 2U);
}

TEST_F(LogStage, AnAgentEventThatTheLogRefusedIsTriedAgainWithoutNews) {
    log.append_fails = true;
    stage.record(event_class::applied, {"TOLD", "1", {}});
    run();
    EXPECT_THAT(recorded(), IsEmpty());
    stage.retry();
    run();
    EXPECT_THAT(recorded(), ElementsAre("1"));
    EXPECT_EQ(stage.stats().last_error, "");
}

TEST_F(LogStage, NothingIsAppendedWhileTheFileIsNotThere) {
    present = error(errc::log_moved, "/l.db");
    stage.retry();
    run();
    EXPECT_THAT(stage.stats().last_error, HasSubstr("/l.db")) << "noticed without an event";
    append("a");
    stage.record(event_class::applied, {"TOLD", "1", {}});
    run();
    EXPECT_THAT(log.groups, IsEmpty());
    EXPECT_THAT(happened, ElementsAre(HasSubstr("/l.db")));
    present = {};
    stage.retry();
    run();
    EXPECT_EQ(stage.stats().last_error, "");
    EXPECT_THAT(recorded(), ElementsAre("1"));
}

TEST_F(LogStage, ItIsAtWorkFromTheFirstRequestUntilNothingWaits) {
    std::optional<async::nanoseconds> during;
    log.during_append = [&] {
        time.advance(3s);
        during = measured.log_work.busy_for();
    };
    EXPECT_FALSE(measured.log_work.busy_for());
    append("a");
    EXPECT_TRUE(measured.log_work.busy_for()) << "the pool may never come to it";
    run();
    EXPECT_EQ(during, 3s);
    EXPECT_FALSE(measured.log_work.busy_for());
    log.append_fails = true;
    stage.record(event_class::applied, {"TOLD", "1", {}});
    run();
    EXPECT_FALSE(measured.log_work.busy_for()) << "what rests is no work";
}

async::awaitable<void> wait_for_event(log_stage& stage, std::string& said) {
    // Named: g++ 12 destroys an aggregate temporary within a co_await expression twice.
    model::agent_event event{"TOLD", "1", {}};
    const auto done = co_await stage.record_and_wait(std::move(event));
    said = done ? "durable" : done.error().message();
}

TEST_F(LogStage, WhoWaitsForAnAgentEventHearsOfItsFailureAndItIsNotTriedAgain) {
    async::world w;
    std::string said;
    const auto try_once = [&] {
        async::running waiting(w, wait_for_event(stage, said));
        w.time.run_for(w.context, 0s);
        run();
        w.time.run_for(w.context, 0s);
        EXPECT_TRUE(waiting.ended());
    };
    log.append_fails = true;
    try_once();
    EXPECT_THAT(said, HasSubstr("no room"));
    try_once();
    EXPECT_EQ(said, "durable");
    EXPECT_EQ(recorded().size(), 1U);
}

} // namespace
} // namespace nodewall::agent
