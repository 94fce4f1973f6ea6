#include "agent/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

service_report ready_report() {
    service_report r;
    r.node = "n1";
    r.node_known = true;
    r.applied.digest = "00ff";
    stream_report pods;
    pods.stream = "pods";
    pods.caught_up = true;
    r.streams = {pods};
    return r;
}

TEST(Report, AServiceThatFollowsEverythingIsReady) {
    EXPECT_THAT(not_ready_because(ready_report()), IsEmpty());
}

TEST(Report, EachReasonNotToBeReadyIsSaid) {
    auto r = ready_report();
    r.applied.digest.clear();
    EXPECT_THAT(not_ready_because(r), ElementsAre(HasSubstr("nothing has been applied")));

    r = ready_report();
    r.applied.last_error = "the kernel refused";
    EXPECT_THAT(not_ready_because(r), ElementsAre("apply: the kernel refused"));

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

TEST(Report, MetricsSayWhatReadinessSays) {
    auto r = ready_report();
    EXPECT_THAT(metrics_text(r), HasSubstr("\nnodewall_ready 1\n"));
    EXPECT_THAT(metrics_text(r), HasSubstr("\nnodewall_stream_caught_up{stream=\"pods\"} 1\n"));
    r.node_known = false;
    r.streams[0].caught_up = false;
    EXPECT_THAT(metrics_text(r), HasSubstr("\nnodewall_ready 0\n"));
    EXPECT_THAT(metrics_text(r), HasSubstr("\nnodewall_stream_caught_up{stream=\"pods\"} 0\n"));
}

TEST(Report, MetricsCountByStreamAndType) {
    auto r = ready_report();
    r.streams[0].events = {{"ADDED", 3}, {"DELETED", 1}};
    r.streams[0].relists = 2;
    r.log.committing = std::chrono::milliseconds(1500);
    const auto text = metrics_text(r);
    EXPECT_THAT(text, HasSubstr("\nnodewall_events_total{stream=\"pods\",type=\"ADDED\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("\nnodewall_events_total{stream=\"pods\",type=\"DELETED\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nnodewall_relists_total{stream=\"pods\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("\nnodewall_log_commit_seconds_total 1.5\n"));
}

TEST(Report, ALabelCannotBreakOutOfItsLine) {
    auto r = ready_report();
    r.node = "a\"b\\c\nd";
    const auto text = metrics_text(r);
    EXPECT_THAT(text, HasSubstr(R"(node="a\"b\\c\nd"})"));
    EXPECT_THAT(text, Not(HasSubstr("c\nd")));
}

} // namespace
} // namespace nodewall::agent
