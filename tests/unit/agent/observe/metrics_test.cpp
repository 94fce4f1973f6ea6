#include "agent/observe/metrics.hpp"

#include "exposition_parser.hpp"
#include "ready_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::agent {
namespace {

using test::parse_exposition;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Metrics, AreInTheTextFormat) {
    auto r = ready_report();
    r.streams.push_back(r.streams[0]);
    r.streams[1].stream = "serv\"ices\\";
    r.streams[0].events = {{"ADDED", 3}, {"DELETED", 1}};
    r.findings_by_kind = {{"mixed", 2}, {"not understood", 1}};
    histogram h;
    h.record(1ms, 5);
    h.record(1min);
    for (auto& stage : r.timing.stages)
        stage = h.stats();
    r.log.commit_seconds = h.stats();
    EXPECT_THAT(parse_exposition(metrics_text(r)).problems, IsEmpty()) << metrics_text(r);
    EXPECT_THAT(parse_exposition(metrics_text({})).problems, IsEmpty());
}

TEST(Metrics, TheParserFindsWhatIsOutOfOrder) {
    const std::string good = "# HELP a_total x\n# TYPE a_total counter\na_total{b=\"c\"} 1\n";
    EXPECT_THAT(parse_exposition(good).problems, IsEmpty());
    const std::string h = "# HELP h x\n# TYPE h histogram\n";
    for (const auto& bad : {
             good + good,                                             // a family twice
             std::string("a_total 1\n"),                              // no family
             good + "a_total{b=\"c\"} 2\n",                           // a sample twice
             good + "a_total{b=\"c} 2\n",                             // a broken label
             good + "a_total one\n",                                  // no number
             good.substr(0, good.size() - 1),                         // no end of line
             std::string("# HELP a x\n# TYPE a counter\na 1\n"),      // no _total
             std::string("# HELP a_total x\n# TYPE a_total gauge\n"), // no counter
             h + "h_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",        // no +Inf
             h + "h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
             h + "h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n",
             h + "h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",
         })
        EXPECT_THAT(parse_exposition(bad).problems, Not(IsEmpty())) << bad;
}

TEST(Metrics, SayWhatReadinessSays) {
    auto r = ready_report();
    auto m = parse_exposition(metrics_text(r));
    EXPECT_EQ(m.value("nodewall_ready"), 1);
    EXPECT_EQ(m.value("nodewall_stream_caught_up", {{"stream", "pods"}}), 1);
    EXPECT_EQ(m.value("nodewall_gate_open"), 1);
    EXPECT_EQ(m.value("nodewall_log_failing"), 0);
    EXPECT_EQ(m.value("nodewall_stuck_stages"), 0);
    r.streams[0].caught_up = false;
    r.gate = "before x";
    r.log.last_error = "no room";
    r.stuck = {"log"};
    m = parse_exposition(metrics_text(r));
    EXPECT_EQ(m.value("nodewall_ready"), 0);
    EXPECT_EQ(m.value("nodewall_stream_caught_up", {{"stream", "pods"}}), 0);
    EXPECT_EQ(m.value("nodewall_gate_open"), 0);
    EXPECT_EQ(m.value("nodewall_log_failing"), 1);
    EXPECT_EQ(m.value("nodewall_stuck_stages"), 1);
}

TEST(Metrics, CountByStreamTypeAndKind) {
    auto r = ready_report();
    r.streams[0].events = {{"ADDED", 3}, {"DELETED", 1}};
    r.streams[0].relists = 2;
    r.streams[0].unread = 3;
    r.findings_by_kind = {{"mixed", 7}};
    const auto m = parse_exposition(metrics_text(r));
    EXPECT_EQ(m.value("nodewall_events_total", {{"stream", "pods"}, {"type", "ADDED"}}), 3);
    EXPECT_EQ(m.value("nodewall_events_total", {{"stream", "pods"}, {"type", "DELETED"}}), 1);
    EXPECT_EQ(m.value("nodewall_relists_total", {{"stream", "pods"}}), 2);
    EXPECT_EQ(m.value("nodewall_unread_objects_total", {{"stream", "pods"}}), 3);
    EXPECT_EQ(m.value("nodewall_findings", {{"kind", "mixed"}}), 7);
}

TEST(Metrics, HistogramsAreCumulated) {
    auto r = ready_report();
    histogram h;
    h.record(40us, 2);
    h.record(2ms);
    h.record(11s);
    r.log.commit_seconds = h.stats();
    r.timing.stages.at(static_cast<std::size_t>(latency_stage::total)) = h.stats();
    const auto m = parse_exposition(metrics_text(r));
    EXPECT_EQ(m.value("nodewall_log_commit_seconds_bucket", {{"le", "5e-05"}}), 2);
    EXPECT_EQ(m.value("nodewall_log_commit_seconds_bucket", {{"le", "0.001"}}), 2);
    EXPECT_EQ(m.value("nodewall_log_commit_seconds_bucket", {{"le", "0.0025"}}), 3);
    EXPECT_EQ(m.value("nodewall_log_commit_seconds_bucket", {{"le", "10"}}), 3);
    EXPECT_EQ(m.value("nodewall_log_commit_seconds_bucket", {{"le", "+Inf"}}), 4);
    EXPECT_DOUBLE_EQ(m.value("nodewall_log_commit_seconds_sum"), 11.00208);
    EXPECT_EQ(m.value("nodewall_event_to_kernel_seconds_count", {{"stage", "total"}}), 4);
    EXPECT_EQ(m.value("nodewall_event_to_kernel_seconds_count", {{"stage", "apply"}}), 0);
}

TEST(Metrics, ALabelCannotBreakOutOfItsLine) {
    auto r = ready_report();
    r.node = "a\"b\\c\nd";
    const auto text = metrics_text(r);
    EXPECT_THAT(text, HasSubstr(R"(node="a\"b\\c\nd"})"));
    EXPECT_THAT(text, Not(HasSubstr("c\nd")));
    EXPECT_THAT(parse_exposition(text).problems, IsEmpty());
}

} // namespace
} // namespace nodewall::agent
