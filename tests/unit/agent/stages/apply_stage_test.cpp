#include "agent/stages/apply_stage.hpp"

#include "../hooked_log.hpp"
#include "async/supervise.hpp"
#include "netfilter/iptables/dataplane.hpp"
#include "netfilter/iptables/kernel/memory_kernel.hpp"
#include "unit/async/run.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace nodewall::agent {
namespace {

using namespace std::chrono_literals;

/// Throws what nobody foresaw, at the next call.
class throwing_kernel final : public ruleset::dataplane {
public:
    result<void> probe() override { return {}; }
    result<ruleset::kernel_view> read() override {
        throw_if(read_throws);
        return inside->read();
    }
    ruleset::apply_outcome apply(std::shared_ptr<const ruleset::ruleset> to) override {
        throw_if(apply_throws);
        if (during_apply)
            std::exchange(during_apply, nullptr)();
        return inside->apply(std::move(to));
    }
    ruleset::apply_outcome tidy() override { return inside->tidy(); }
    result<void> reset() override { return inside->reset(); }

    std::unique_ptr<ruleset::dataplane> inside = netfilter::iptables::open_memory_dataplane();
    std::function<void()> during_apply;
    bool read_throws = false, apply_throws = false;

private:
    static void throw_if(bool& asked) {
        if (std::exchange(asked, false))
            throw std::runtime_error("simulated");
    }
};

class ApplyStage : public testing::Test {
protected:
    async::awaitable<void> supervised() {
        return async::supervise(
            "apply", [&] { return stage.run(); }, [] { return 0.5; }, w.time, *lines);
    }
    void want_something(std::uint64_t seq = 1) {
        compiler::compiler compiler({.node_name = "n1"});
        stage.want(
            {std::make_shared<const ruleset::ruleset>(compiler.compile({})), seq, {}, true, {}});
    }
    std::size_t acts(std::string_view type) {
        eventlog::event_filter which;
        which.type = type;
        return log.read(which, 100).value().size();
    }

    async::world w;
    std::shared_ptr<logger> lines = make_null_logger();
    hooked_log log;
    meters measured{w.time};
    log_stage writing{log, w.where(), w.time, measured, [] {}};
    throwing_kernel kernel;
    apply_stage stage{kernel,    writing,  "n1",  w.time, [] { return 0.5; },
                      w.where(), measured, *lines};
};

TEST_F(ApplyStage, AnExceptionOutOfTheKernelDelaysAnApplyAndDoesNotEndThem) {
    async::running running(w, supervised());
    kernel.read_throws = kernel.apply_throws = true;
    want_something();
    w.time.run_for(w.context, 1min);
    EXPECT_FALSE(kernel.read_throws || kernel.apply_throws);
    EXPECT_EQ(stage.stats().applies, 1U);
    EXPECT_EQ(stage.stats().drifts, 0U) << "it was nobody else";
    EXPECT_GT(stage.stats().rules, 0U);
    running.cancel();
    w.time.run_for(w.context, 0s);
    EXPECT_TRUE(running.cancelled());
}

TEST_F(ApplyStage, WhatWasDoneToTheKernelIsRecordedThoughItIsCancelledMeanwhile) {
    async::running running(w, supervised());
    kernel.during_apply = [&] { running.cancel(); };
    want_something(7);
    w.time.run_for(w.context, 1s);
    EXPECT_TRUE(running.cancelled());
    EXPECT_EQ(acts(model::event_type::applied), 1U);
    EXPECT_EQ(stage.stats().applied_seq, 7U);
    EXPECT_FALSE(stage.stats().digest.empty());
}

TEST_F(ApplyStage, IsReadyBeforeTheDigestAndTellsOfAnApplyAtOnce) {
    async::running running(w, supervised());
    std::vector<std::pair<bool, std::string>> seen; // enforcing, digest
    stage.on_change([&] { seen.emplace_back(stage.stats().enforcing, stage.stats().digest); });
    want_something();
    w.time.run_for(w.context, 1s);
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0], std::pair(true, std::string()));
    EXPECT_EQ(seen[1].second, to_hex(kernel.inside->read().value().rules.digest()));
    EXPECT_EQ(stage.stats().applied_seq, 1U);
    want_something(2);
    w.time.run_for(w.context, 1s);
    EXPECT_EQ(stage.stats().applied_seq, 2U) << "there was nothing to do for it";
    EXPECT_EQ(acts(model::event_type::applied), 1U);
    running.cancel();
    w.time.run_for(w.context, 0s);
}

} // namespace
} // namespace nodewall::agent
