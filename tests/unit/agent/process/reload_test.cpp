#include "agent/process/reload.hpp"

#include "unit/async/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// In force there, wanted here; what differs is in every key.
configuration all_different() {
    configuration c;
    c.kubeconfig = "/other";
    c.context = "other";
    c.db = "/other.db";
    c.dry_run = true;
    c.listen = "127.0.0.1:1";
    c.socket = "/other.sock";
    c.bodies = codec::body_mode::whole;
    c.log_bytes_max *= 2;
    c.level = log_level::debug;
    c.gate.node_name = "other";
    c.gate.always_admit = {model::cidr::parse("10.0.0.0/8").value()};
    c.gate.node_port_addresses = {model::cidr::parse("192.0.2.0/24").value()};
    c.gate.vital_ports = {22};
    c.gate.service_proxies = {"another"};
    return c;
}

TEST(ReloadPlan, EveryKeyEitherChangesOrIsSaidToNeedARestart) {
    const auto plan = plan_reload({}, all_different());
    EXPECT_THAT(plan.changed,
                ElementsAre("gate.alwaysAdmit", "gate.nodePortAddresses", "gate.vitalPorts",
                            "gate.serviceProxies", "log.maxBytes", "logLevel"));
    EXPECT_THAT(plan.kept, ElementsAre("kubeconfig", "context", "node", "db", "dryRun", "listen",
                                       "socket", "log.bodies"));
    auto all_that_may = all_different();
    const configuration before;
    all_that_may.kubeconfig = before.kubeconfig;
    all_that_may.context = before.context;
    all_that_may.db = before.db;
    all_that_may.dry_run = before.dry_run;
    all_that_may.listen = before.listen;
    all_that_may.socket = before.socket;
    all_that_may.bodies = before.bodies;
    all_that_may.gate.node_name = before.gate.node_name;
    EXPECT_EQ(plan.effective, all_that_may);
}

TEST(ReloadPlan, AnEqualConfigurationChangesNothing) {
    const auto plan = plan_reload(all_different(), all_different());
    EXPECT_THAT(plan.changed, IsEmpty());
    EXPECT_THAT(plan.kept, IsEmpty());
}

struct recorder final : logger {
    void write(log_level, std::string_view line) override { said += std::string(line) + "\n"; }
    void set_level(log_level least) override { level = least; }
    std::string said;
    std::optional<log_level> level;
};

class Reload : public testing::Test {
protected:
    void reload() {
        async::running under_way(w, reloads.reload());
        w.time.run_for(w.context, std::chrono::seconds(0));
        ASSERT_TRUE(under_way.ended());
        ASSERT_EQ(under_way.thrown(), "");
    }
    async::awaitable<result<void>> record(configuration c) {
        if (log_refuses)
            co_return error(errc::unreadable, "the disk");
        recorded.push_back(std::move(c));
        co_return result<void>{};
    }

    async::world w;
    recorder lines;
    result<configuration> file = configuration{};
    std::vector<configuration> recorded;
    bool log_refuses = false;
    reloader reloads{{},
                     {.read = [this] { return file; },
                      .record = [this](configuration c) { return record(std::move(c)); },
                      .pool = w.where(),
                      .logger = lines}};
};

TEST_F(Reload, WhatChangesIsRecordedBeforeItIsInForce) {
    file->gate.vital_ports = {22};
    file->level = log_level::debug;
    file->db = "/elsewhere";
    reload();
    ASSERT_EQ(recorded.size(), 1U);
    EXPECT_EQ(recorded[0].gate.vital_ports, std::vector<std::uint16_t>{22});
    EXPECT_EQ(recorded[0].db, configuration().db);
    EXPECT_EQ(lines.level, log_level::debug);
    EXPECT_THAT(lines.said, HasSubstr("changed gate.vitalPorts, logLevel"));
    EXPECT_THAT(lines.said, HasSubstr("db changes with a restart only"));
    reload();
    EXPECT_EQ(recorded.size(), 1U) << "the second time nothing is new";
}

TEST_F(Reload, AConfigurationThatCannotBeReadKeepsTheOldOneAndIsSaid) {
    file = error(errc::bad_configuration, "nodewall.yaml: unknown key");
    reload();
    EXPECT_THAT(recorded, IsEmpty());
    EXPECT_THAT(lines.said, HasSubstr("nodewall.yaml: unknown key"));
    EXPECT_THAT(lines.said, HasSubstr("stays in force"));
}

TEST_F(Reload, AConfigurationThatTheLogRefusesIsNotInForceAndIsTriedAtTheNextReload) {
    file->gate.vital_ports = {22};
    file->level = log_level::debug;
    log_refuses = true;
    reload();
    EXPECT_THAT(lines.said, HasSubstr("stays in force"));
    EXPECT_FALSE(lines.level) << "log first";
    log_refuses = false;
    reload();
    EXPECT_EQ(recorded.size(), 1U);
    EXPECT_EQ(lines.level, log_level::debug);
}

} // namespace
} // namespace nodewall::agent
