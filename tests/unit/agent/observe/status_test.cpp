#include "agent/observe/status.hpp"

#include "ready_report.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

namespace nodewall::agent {
namespace {

namespace json = boost::json;

TEST(Status, SaysEverythingAnOperatorAsksFirst) {
    auto r = ready_report();
    r.since = timestamp(std::chrono::seconds(1'800'000'000));
    r.streams[0].resource_version = "77";
    r.streams[0].last_event = r.since;
    r.streams[0].events = {{"ADDED", 3}};
    r.streams[0].relists = 2;
    r.log.last_seq = 12;
    r.log.waiting_bytes = 34;
    r.applied.applied_seq = 11;
    r.applied.rules = 5;
    r.applied.members = 6;
    r.findings = {{compiler::finding::kind::mixed, "front door x", "backends differ"}};
    r.findings_by_kind = {{"mixed", 1}};
    const auto text = status_json(r);
    EXPECT_EQ(text.find('\n'), std::string::npos);
    const auto s = json::parse(text);
    EXPECT_EQ(s.at("node"), "n1");
    EXPECT_EQ(s.at("version"), NODEWALL_VERSION);
    EXPECT_EQ(s.at("pid").as_int64(), getpid());
    EXPECT_EQ(s.at("since"), "2027-01-15T08:00:00Z");
    EXPECT_EQ(s.at("ready"), true);
    EXPECT_TRUE(s.at("reasons").as_array().empty());
    const auto& pods = s.at("streams").at(0);
    EXPECT_EQ(pods.at("stream"), "pods");
    EXPECT_EQ(pods.at("state"), "watching");
    EXPECT_EQ(pods.at("resourceVersion"), "77");
    EXPECT_EQ(pods.at("lastEvent"), "2027-01-15T08:00:00Z");
    EXPECT_EQ(pods.at("events").at("ADDED").to_number<int>(), 3);
    EXPECT_EQ(pods.at("relists").to_number<int>(), 2);
    EXPECT_EQ(s.at("log").at("seq").to_number<int>(), 12);
    EXPECT_EQ(s.at("log").at("queueBytes").to_number<int>(), 34);
    EXPECT_EQ(s.at("applied").at("seq").to_number<int>(), 11);
    EXPECT_EQ(s.at("applied").at("digest"), "00ff");
    EXPECT_EQ(s.at("applied").at("rules").to_number<int>(), 5);
    EXPECT_EQ(s.at("applied").at("members").to_number<int>(), 6);
    EXPECT_TRUE(s.at("applied").at("lastChange").is_null());
    EXPECT_EQ(s.at("findings").at("count").to_number<int>(), 1);
    EXPECT_EQ(s.at("findings").at("listed").at(0).at("kind"), "mixed");
}

TEST(Status, SaysWhyItIsNotReady) {
    auto r = ready_report();
    r.applied.last_error = "the kernel refused";
    const auto s = json::parse(status_json(r));
    EXPECT_EQ(s.at("ready"), false);
    EXPECT_EQ(s.at("reasons").at(0), "apply: the kernel refused");
    EXPECT_EQ(s.at("applied").at("lastError"), "the kernel refused");
}

} // namespace
} // namespace nodewall::agent
