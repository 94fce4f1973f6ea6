#include "agent/apply_stage.hpp"

#include "async/supervise.hpp"
#include "hooked_log.hpp"
#include "unit/applier/memory_kernel.hpp"
#include "unit/async/run.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace nodewall::agent {
namespace {

using namespace std::chrono_literals;

/// Throws what nobody foresaw, at the next call.
class throwing_kernel final : public model::dataplane {
public:
    result<void> probe() override { return {}; }
    result<model::kernel_snapshot> read() override {
        throw_if(read_throws);
        return inside.read();
    }
    model::apply_outcome apply(const model::plan& p, std::size_t first) override {
        throw_if(apply_throws);
        return inside.apply(p, first);
    }

    test::memory_kernel inside;
    bool read_throws = false, apply_throws = false;

private:
    static void throw_if(bool& asked) {
        if (std::exchange(asked, false))
            throw std::runtime_error("simulated");
    }
};

TEST(ApplyStage, AnExceptionOutOfTheKernelDelaysAnApplyAndDoesNotEndThem) {
    async::world w;
    const auto lines = make_null_logger();
    hooked_log log;
    meters measured(w.time);
    log_stage writing(log, w.where(), w.time, measured, [] {});
    throwing_kernel kernel;
    apply_stage stage(
        kernel, writing, "n1", w.time, [] { return 0.5; }, w.where(), measured, *lines);
    async::running running(
        w, async::supervise(
               "apply", [&] { return stage.run(); }, [] { return 0.5; }, w.time, *lines));
    compiler::compiler compiler({.node_name = "n1"});
    kernel.read_throws = kernel.apply_throws = true;
    stage.want({std::make_shared<const model::ruleset>(compiler.compile({})), 1, {}, true, {}});
    w.time.run_for(w.context, 1min);
    EXPECT_FALSE(kernel.read_throws || kernel.apply_throws);
    EXPECT_EQ(stage.figures().applies, 1U);
    EXPECT_EQ(stage.figures().drifts, 0U) << "it was nobody else";
    EXPECT_GT(stage.figures().rules, 0U);
    running.cancel();
    w.time.run_for(w.context, 0s);
    EXPECT_TRUE(running.cancelled());
}

} // namespace
} // namespace nodewall::agent
