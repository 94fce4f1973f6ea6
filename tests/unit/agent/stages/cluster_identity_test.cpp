#include "agent/stages/cluster_identity.hpp"

#include "../hooked_log.hpp"
#include "agent/history/history.hpp"
#include "agent/process/configuration.hpp"
#include "unit/async/run.hpp"

#include <gtest/gtest.h>

namespace nodewall::agent {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

model::observed_object system_namespace(const std::string& uid) {
    return {"", "kube-system", uid, "1",
            R"({"metadata":{"name":"kube-system","uid":")" + uid + "\"}}"};
}

model::listed_objects namespaces_of(const std::string& uid) {
    return {.stream = "namespaces", .resource_version = "7", .objects = {system_namespace(uid)}};
}

model::watch_events pods() {
    return {"pods", {{model::observed_event::action::added, object_named("a")}}};
}

/// Takes everything at once, or refuses it.
class recorder final : public model::event_sink {
public:
    void cursor(std::string, cursor_completion done) override {
        done(std::optional<std::string>("5"));
    }
    void append(model::append_request request, completion done) override {
        if (refuses-- > 0)
            return done(error(eventlog::errc::disk_full));
        if (const auto* change = std::get_if<model::cluster_changed>(&request))
            took.push_back("CLUSTER " + change->before + " " + change->after);
        else if (const auto* events = std::get_if<model::watch_events>(&request))
            took.push_back(events->stream);
        else
            took.push_back("list of " + std::get<model::listed_objects>(request).stream);
        done(model::append_outcome{});
    }
    int refuses = 0;
    strings took;
};

struct ClusterIdentity : testing::Test {
    async::world w;
    std::unique_ptr<logger> lines = make_null_logger();
    recorder log;
    cluster_identity identity{log, w.time, [] { return 0.5; }, *lines};
    std::optional<async::running> watching{std::in_place, w, identity.changed()};

    ~ClusterIdentity() override {
        if (!watching->ended())
            watching->cancel();
        w.time.run_for(w.context, 0s);
    }
    bool changed(async::nanoseconds within = 0s) {
        w.time.run_for(w.context, within);
        return watching->ended();
    }
    /// Whether the log took it.
    bool append(model::append_request request) {
        std::optional<bool> taken;
        identity.append(std::move(request), [&](const auto& outcome) {
            taken = outcome.has_value();
            EXPECT_TRUE(*taken || outcome.error().is(errc::another_cluster));
        });
        return taken.value();
    }
};

TEST_F(ClusterIdentity, TheFirstClusterIsLearnedAndNothingIsSaidOfIt) {
    identity.begin("", false);
    EXPECT_TRUE(append(pods()));
    EXPECT_TRUE(append(namespaces_of("one")));
    identity.heard("one");
    EXPECT_FALSE(changed());
    EXPECT_EQ(log.took, (strings{"pods", "list of namespaces"}));
}

TEST_F(ClusterIdentity, WhatAnotherClusterListsIsRefusedUntilTheLogHasSaidSo) {
    identity.begin("one", true);
    EXPECT_FALSE(append(namespaces_of("two")));
    EXPECT_FALSE(append(pods())) << "of which cluster are they?";
    EXPECT_TRUE(changed());
    EXPECT_EQ(log.took, strings{"CLUSTER one two"});
    EXPECT_FALSE(append(pods())) << "from someone who is about to be ended";
    identity.follow_next();
    EXPECT_TRUE(append(namespaces_of("two")));
    EXPECT_TRUE(append(pods()));
}

TEST_F(ClusterIdentity, AWatchTellsToo) {
    identity.begin("one", true);
    EXPECT_FALSE(append(model::watch_events{
        "namespaces", {{model::observed_event::action::added, system_namespace("two")}}}));
    EXPECT_TRUE(changed());
}

TEST_F(ClusterIdentity, ANamespaceThatGoesIsNoOtherCluster) {
    identity.begin("one", true);
    EXPECT_TRUE(append(model::watch_events{
        "namespaces", {{model::observed_event::action::deleted, system_namespace("two")}}}));
    EXPECT_FALSE(changed());
}

TEST_F(ClusterIdentity, TheApiServersOwnWordCounts) {
    identity.begin("one", true);
    identity.heard("one");
    EXPECT_FALSE(changed());
    identity.heard("two");
    EXPECT_TRUE(changed());
    EXPECT_EQ(log.took, strings{"CLUSTER one two"});
}

TEST_F(ClusterIdentity, ALogWithCursorsThatDoesNotSayOfWhomIsListedAnew) {
    identity.begin("", true);
    EXPECT_TRUE(append(pods()));
    identity.heard("two");
    EXPECT_TRUE(changed());
    EXPECT_EQ(log.took.back(), "CLUSTER  two");
}

TEST_F(ClusterIdentity, ALogThatRefusesIsAskedAgainAndNothingPassesMeanwhile) {
    identity.begin("one", true);
    log.refuses = 2;
    identity.heard("two");
    EXPECT_FALSE(changed());
    EXPECT_FALSE(append(pods()));
    EXPECT_TRUE(changed(1min));
    EXPECT_EQ(log.took, strings{"CLUSTER one two"});
}

struct ClusterOfALog : testing::Test {
    hooked_log log;

    void append(const model::append_request& request) { log.append({&request, 1}).value(); }
    cluster_in_log now() {
        return cluster_of(log, history_now(log, standard_kinds()).value(), {"namespaces", "pods"})
            .value();
    }
};

TEST_F(ClusterOfALog, IsTheOneOfItsSystemNamespace) {
    EXPECT_EQ(now().uid, "");
    append(namespaces_of("one"));
    append(model::listed_objects{.stream = "pods", .resource_version = "8", .objects = {}});
    EXPECT_EQ(now().uid, "one");
    EXPECT_FALSE(now().changed_at.has_value());
}

TEST_F(ClusterOfALog, IsTheOneThatItWasSaidToBeUntilAllIsListedAnew) {
    append(namespaces_of("one"));
    append(model::listed_objects{.stream = "pods", .resource_version = "8", .objects = {}});
    append(model::cluster_changed{"one", "two", "a test"});
    const auto seq = log.tail()->seq;
    EXPECT_EQ(now().uid, "two");
    append(namespaces_of("two"));
    EXPECT_EQ(now().changed_at, seq) << "no list of the pods yet";
    append(model::listed_objects{.stream = "pods", .resource_version = "9", .objects = {}});
    EXPECT_EQ(now().uid, "two");
    EXPECT_FALSE(now().changed_at.has_value());
}

} // namespace
} // namespace nodewall::agent
