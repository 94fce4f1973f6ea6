#include "agent/observe/report.hpp"

#include "ready_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Report, AServiceThatFollowsEverythingIsReady) {
    EXPECT_THAT(not_ready_because(ready_report()), IsEmpty());
}

TEST(Report, EachReasonNotToBeReadyIsSaid) {
    auto r = ready_report();
    r.applied.enforcing = false;
    EXPECT_THAT(not_ready_because(r), ElementsAre(HasSubstr("nothing has been applied")));

    r = ready_report();
    r.rulesets.caught_up_seq.reset();
    EXPECT_THAT(not_ready_because(r), ElementsAre(HasSubstr("is not compiled yet")));
    r.rulesets.caught_up_seq = 10;
    EXPECT_THAT(not_ready_because(r), ElementsAre(HasSubstr("apply: seq 10, with what")));

    r = ready_report();
    r.applied.last_error = "the kernel refused";
    EXPECT_THAT(not_ready_because(r), ElementsAre("apply: the kernel refused"));

    r = ready_report();
    r.log.last_error = "no room";
    EXPECT_THAT(not_ready_because(r), ElementsAre("log: no room"));

    r = ready_report();
    r.rulesets.last_error = "the log cannot be read";
    EXPECT_THAT(not_ready_because(r), ElementsAre("ruleset: the log cannot be read"));

    r = ready_report();
    r.gate = "before every kind has been listed once";
    EXPECT_THAT(not_ready_because(r), ElementsAre(HasSubstr("before every kind has been listed")));

    r = ready_report();
    r.stuck = {"the kernel stage is stuck"};
    EXPECT_THAT(not_ready_because(r), ElementsAre("the kernel stage is stuck"));

    r = ready_report();
    r.node_known = false;
    EXPECT_THAT(not_ready_because(r), ElementsAre(HasSubstr("no Node named 'n1'")));

    r = ready_report();
    r.streams[0].caught_up = false;
    r.streams[0].state = "waiting";
    EXPECT_THAT(not_ready_because(r), ElementsAre("stream pods: waiting"));
    r.streams[0].last_error = "403 Forbidden";
    EXPECT_THAT(not_ready_because(r), ElementsAre("stream pods: waiting (403 Forbidden)"));
}

} // namespace
} // namespace nodewall::agent
