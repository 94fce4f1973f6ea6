#include "agent/observe/latency.hpp"

#include "async/virtual_clock.hpp"
#include "base/limits.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nodewall::agent {
namespace {

class Latency : public testing::Test {
protected:
    Latency() { clock.advance(1h); }

    /// A read that brought `events` events and took a millisecond to decode.
    model::watch_events read(std::size_t events) {
        model::watch_events r{"pods", {}};
        const auto arrived = clock.steady();
        clock.advance(1ms);
        for (std::size_t i = 0; i < events; ++i) {
            model::observed_event e;
            e.arrived = arrived;
            e.decoded = clock.steady();
            r.events.push_back(std::move(e));
        }
        timing.decoded(1ms, events);
        return r;
    }
    void commit(model::watch_events r, std::uint64_t seq) {
        const model::append_request request = std::move(r);
        timing.durable({&request, 1}, seq);
    }
    histogram_stats of(latency_stage s) const {
        return timing.stats().stages.at(static_cast<std::size_t>(s));
    }

    async::virtual_clock clock;
    latency timing{clock};
};

TEST_F(Latency, EachStageIsTimedFromTheEndOfTheOneBefore) {
    auto r = read(3);
    clock.advance(2ms);
    commit(std::move(r), 10);
    clock.advance(3ms);
    timing.folded(10);
    clock.advance(4ms);
    timing.compiled(10);
    clock.advance(5ms);
    timing.applied(10);
    EXPECT_EQ(of(latency_stage::decode).sum, 3 * 1ms);
    EXPECT_EQ(of(latency_stage::log).sum, 3 * 2ms);
    EXPECT_EQ(of(latency_stage::project).sum, 3 * 3ms);
    EXPECT_EQ(of(latency_stage::compile).sum, 3 * 4ms);
    EXPECT_EQ(of(latency_stage::apply).sum, 3 * 5ms);
    EXPECT_EQ(of(latency_stage::total).sum, 3 * 15ms) << "the stages are the whole way";
    for (const auto& stage : timing.stats().stages)
        EXPECT_EQ(stage.count(), 3U) << "each event counts once";
    timing.applied(11);
    EXPECT_EQ(of(latency_stage::total).count(), 3U) << "it arrives once";
}

TEST_F(Latency, EventsWithoutEffectAreLeftBehindTheProjection) {
    commit(read(1), 10);
    timing.folded(10);
    timing.without_effect(10);
    commit(read(1), 11);
    timing.folded(11);
    timing.compiled(11);
    timing.applied(11);
    EXPECT_EQ(of(latency_stage::project).count(), 2U);
    EXPECT_EQ(of(latency_stage::compile).count(), 1U);
    EXPECT_EQ(of(latency_stage::total).count(), 1U);
}

TEST_F(Latency, AnApplyOfAnOlderPrefixDoesNotEndTheWayOfANewerEvent) {
    commit(read(1), 10);
    timing.folded(10);
    timing.compiled(10);
    commit(read(1), 20);
    timing.folded(20);
    timing.compiled(20);
    timing.applied(10);
    EXPECT_EQ(of(latency_stage::total).count(), 1U);
    timing.applied(20);
    EXPECT_EQ(of(latency_stage::total).count(), 2U);
}

TEST_F(Latency, AStageThatWasFasterThanTheWritersWordLosesNothing) {
    auto early = read(1);
    timing.folded(10); // the reader saw the commit before the writer said so
    timing.compiled(10);
    timing.applied(10);
    commit(std::move(early), 10);
    EXPECT_EQ(of(latency_stage::total).count(), 1U);
    auto idle = read(1);
    timing.folded(11);
    timing.without_effect(11);
    commit(std::move(idle), 11);
    timing.applied(12);
    EXPECT_EQ(of(latency_stage::total).count(), 1U);
}

TEST_F(Latency, BookmarksAndEventsWithoutATimeAreNotFollowed) {
    auto r = read(2);
    r.events[0].what = model::observed_event::action::bookmark;
    r.events[1].arrived = {};
    commit(std::move(r), 10);
    timing.folded(10);
    timing.compiled(10);
    timing.applied(10);
    EXPECT_EQ(of(latency_stage::log).count(), 0U);
    EXPECT_EQ(of(latency_stage::total).count(), 0U);
}

TEST_F(Latency, WhatIsUnderWayIsBounded) {
    for (std::uint64_t seq = 1; seq <= limits::timed_arrivals_max + 7; ++seq)
        commit(read(1), seq);
    EXPECT_EQ(timing.stats().untimed, 7U);
    timing.folded(1U << 20U);
    timing.compiled(1U << 20U);
    timing.applied(1U << 20U);
    EXPECT_EQ(of(latency_stage::total).count(), limits::timed_arrivals_max);
}

} // namespace
} // namespace nodewall::agent
