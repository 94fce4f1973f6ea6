#include "agent/stages/ruleset_stage.hpp"

#include "../hooked_log.hpp"
#include "agent/history/history.hpp"
#include "async/supervise.hpp"
#include "unit/async/run.hpp"
#include "unit/projection/objects.hpp"

#include <gtest/gtest.h>

namespace nodewall::agent {
namespace {

using namespace std::chrono_literals;

class RulesetStage : public testing::Test {
protected:
    ~RulesetStage() override {
        running->cancel();
        w.time.run_for(w.context, 0s);
    }
    void start() {
        running.emplace(
            w, async::supervise(
                   "ruleset", [this] { return stage.run(); }, [] { return 0.5; }, w.time, *lines));
        w.time.run_for(w.context, 0s);
    }
    void append(const model::append_request& request) { log.append({&request, 1}).value(); }
    /// A NodePort whose only backend refuses everybody.
    void import_shut_door() {
        model::imported_objects files;
        for (const auto& o :
             {test::namespace_("web"), test::service("web/site", "app=x", 30001),
              test::pod({.key = "web/p", .uid = "1", .labels = "app=x", .addresses = {"10.0.0.1"}}),
              test::policy({.key = "web/deny"})}) {
            model::imported_objects::item item{std::string(model::stream_name(o.what)), {}, {}};
            item.event.object = {o.key.namespace_, o.key.name, o.uid, "", o.body};
            files.items.push_back(item);
        }
        append(files);
    }

    /// The act of a reload.
    void configure(const model::gate_settings& gate) {
        configuration c;
        c.gate = gate;
        append(model::agent_event{std::string(model::event_type::configured),
                                  configured_body(c, codec::standard_kinds()),
                                  {}});
        stage.wake();
        w.time.run_for(w.context, 0s);
    }
    /// What replay compiles for what was published.
    sha256_digest replayed(const compiled& c) {
        const auto then = history_at(log, standard_kinds(), {c.seq, std::nullopt}, {}).value();
        compiler::compiler anew(settings_at(then, std::nullopt).value().gate);
        return anew.compile(then.projected.state()).digest();
    }

    async::world w;
    std::unique_ptr<logger> lines = make_null_logger();
    hooked_log log;
    std::vector<compiled> published;
    model::gate_settings settings{.node_name = "n1"};
    meters measured{w.time};
    ruleset_stage stage{
        log, standard_kinds(), settings, w.where(), measured, *lines, [this](compiled c) {
            published.push_back(std::move(c));
        }};
    std::optional<async::running> running;
};

TEST_F(RulesetStage, ALogThatCannotBeReadForAMomentDelaysWhatIsNewAndLosesNothing) {
    ASSERT_TRUE(stage.load({}));
    stage.set_gate(true);
    start();
    published.clear();
    log.read_fails = true;
    import_shut_door();
    stage.wake();
    w.time.run_for(w.context, 0s);
    ASSERT_TRUE(published.empty());
    w.time.run_for(w.context, 1min); // and nobody wakes it again
    ASSERT_EQ(published.size(), 1U);
    EXPECT_EQ(published[0].seq, log.tail()->seq);
}

TEST_F(RulesetStage, AnInterruptedFirstListIsCompiledUpToWhereItBegan) {
    import_shut_door();
    const auto before = log.tail()->seq;
    append(model::listed_objects{.stream = "services", .resource_version = "5", .objects = {}});
    const auto loaded = stage.load({"services", "pods"}).value();
    start();
    EXPECT_EQ(loaded.seq, before);
    const auto then = history_at(log, standard_kinds(), {loaded.seq, std::nullopt}, {}).value();
    compiler::compiler anew(settings);
    EXPECT_EQ(loaded.rules->digest(), anew.compile(then.projected.state()).digest());
    EXPECT_NE(loaded.rules->digest(), anew.compile(model::cluster_state{}).digest())
        << "what the log knew before stays in force";
}

TEST_F(RulesetStage, AnInterruptedFirstListIsCompiledWithWhatWasConfiguredBeforeIt) {
    const auto admit = [&](std::string_view admitted) {
        configuration c{.gate = settings};
        c.gate.always_admit = {model::cidr::parse(admitted).value()};
        append(model::agent_event{std::string(model::event_type::configured),
                                  configured_body(c, codec::standard_kinds()),
                                  {}});
    };
    admit("192.0.2.0/24");
    import_shut_door();
    append(model::listed_objects{.stream = "services", .resource_version = "5", .objects = {}});
    admit("198.51.100.0/24"); // a restart
    const auto loaded = stage.load({"services", "pods"}).value();
    start();
    const auto then = history_at(log, standard_kinds(), {loaded.seq, std::nullopt}, {}).value();
    compiler::compiler anew(settings_at(then, std::nullopt).value().gate);
    EXPECT_EQ(loaded.rules->digest(), anew.compile(then.projected.state()).digest());
    compiler::compiler now(settings);
    EXPECT_NE(loaded.rules->digest(), now.compile(then.projected.state()).digest());
}

TEST_F(RulesetStage, ALogThatKnowsNothingSaysSo) {
    EXPECT_TRUE(stage.load({"services", "pods"}).value().of_nothing);
    configure(settings);
    EXPECT_TRUE(stage.load({"services", "pods"}).value().of_nothing)
        << "agent events are no objects";
    append(model::listed_objects{.stream = "services", .resource_version = "5", .objects = {}});
    EXPECT_TRUE(stage.load({"services", "pods"}).value().of_nothing)
        << "before the first list, which was interrupted, nothing was known";
    append(model::listed_objects{.stream = "pods", .resource_version = "5", .objects = {}});
    EXPECT_FALSE(stage.load({"services", "pods"}).value().of_nothing)
        << "an empty cluster is known";
    start();
}

TEST_F(RulesetStage, ALogOfImportedObjectsKnowsThem) {
    import_shut_door();
    EXPECT_FALSE(stage.load({"services", "pods"}).value().of_nothing);
    append(model::listed_objects{.stream = "services", .resource_version = "5", .objects = {}});
    EXPECT_FALSE(stage.load({"services", "pods"}).value().of_nothing);
    start();
}

TEST_F(RulesetStage, BehindALogThatKnewNothingAnEmptyClusterIsNews) {
    ASSERT_TRUE(stage.load({"services"}).value().of_nothing);
    start();
    append(model::listed_objects{.stream = "services", .resource_version = "5", .objects = {}});
    stage.wake();
    w.time.run_for(w.context, 0s);
    EXPECT_TRUE(published.empty()) << "the gate is shut";
    stage.set_gate(true);
    w.time.run_for(w.context, 0s);
    EXPECT_EQ(published.size(), 1U);
}

TEST_F(RulesetStage, WhatIsConfiguredIsInForceFromItsEventOnAndReplaysToTheSame) {
    import_shut_door();
    ASSERT_TRUE(stage.load({}));
    stage.set_gate(true);
    start();
    published.clear();
    settings.vital_ports = {22, 8443};
    settings.always_admit = {model::cidr::parse("192.0.2.0/24").value()};
    configure(settings);
    ASSERT_EQ(published.size(), 1U);
    EXPECT_EQ(published[0].seq, log.tail()->seq);
    EXPECT_EQ(published[0].rules->digest(), replayed(published[0]));
    compiler::compiler before({.node_name = "n1"});
    const auto then =
        history_at(log, standard_kinds(), {published[0].seq, std::nullopt}, {}).value();
    EXPECT_NE(published[0].rules->digest(), before.compile(then.projected.state()).digest());
    configure(settings);
    EXPECT_EQ(published.size(), 1U) << "the same again is no news";
}

TEST_F(RulesetStage, AConfiguredThatCannotBeReadChangesNothing) {
    ASSERT_TRUE(stage.load({}));
    stage.set_gate(true);
    start();
    published.clear();
    append(model::agent_event{std::string(model::event_type::configured), "{\"settings\":7}", {}});
    stage.wake();
    w.time.run_for(w.context, 0s);
    EXPECT_TRUE(published.empty());
    EXPECT_EQ(stage.stats().last_error, "");
    EXPECT_EQ(stage.stats().folded_seq, log.tail()->seq);
}

TEST_F(RulesetStage, SaysUpToWhereTheKernelMustBeOnceTheStreamsHaveCaughtUp) {
    ASSERT_TRUE(stage.load({}));
    start();
    import_shut_door();
    stage.wake();
    w.time.run_for(w.context, 0s);
    EXPECT_FALSE(stage.stats().caught_up_seq) << "the gate is shut";
    stage.set_gate(true);
    EXPECT_FALSE(stage.stats().caught_up_seq) << "not compiled yet";
    w.time.run_for(w.context, 0s);
    ASSERT_FALSE(published.empty());
    EXPECT_EQ(stage.stats().caught_up_seq, published.back().seq);

    configure(settings); // later news do not move it
    EXPECT_EQ(stage.stats().caught_up_seq, published.front().seq);
    stage.set_gate(false);
    EXPECT_FALSE(stage.stats().caught_up_seq) << "another cluster";
    stage.set_gate(true);
    w.time.run_for(w.context, 0s);
    EXPECT_EQ(stage.stats().caught_up_seq, 0U) << "without news";
}

TEST_F(RulesetStage, AFailureIsNamedUntilItIsOver) {
    ASSERT_TRUE(stage.load({}));
    log.read_fails = true;
    start();
    EXPECT_NE(stage.stats().last_error, "");
    w.time.run_for(w.context, 1min);
    EXPECT_EQ(stage.stats().last_error, "");
    EXPECT_FALSE(measured.compile_work.busy_for());
}

} // namespace
} // namespace nodewall::agent
