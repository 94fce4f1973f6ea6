#include "applier/reconciler.hpp"

#include "applier/plan.hpp"
#include "base/limits.hpp"
#include "layout_ruleset.hpp"
#include "memory_kernel.hpp"

#include <gtest/gtest.h>

namespace nodewall::test {

namespace {

using namespace std::chrono_literals;
using applier::action;
using model::protocol;
using shared_ruleset = std::shared_ptr<const model::ruleset>;

shared_ruleset with_door(std::uint16_t port) {
    auto rules = bare_layout();
    put_door(rules, nodeport(protocol::tcp, port), {});
    return std::make_shared<const model::ruleset>(std::move(rules));
}

class Reconciler : public testing::Test {
protected:
    /// Does what the machine asks for, and says so.
    std::string act() {
        const auto todo = machine.next();
        if (std::holds_alternative<applier::read_kernel>(todo)) {
            machine.on_read(applier::look_at(kernel));
            return "read";
        }
        if (const auto* wait = std::get_if<applier::wait_for>(&todo)) {
            waited.push_back(wait->delay);
            return "wait";
        }
        if (const auto* apply = std::get_if<applier::apply_plan>(&todo)) {
            const auto outcome = kernel.apply(apply->what, apply->first);
            machine.on_applied(outcome);
            return "apply from " + std::to_string(apply->first);
        }
        return "idle";
    }

    /// Until it is idle, at most `acts_max` acts.
    std::vector<std::string> run(std::size_t acts_max = 20) {
        std::vector<std::string> done;
        for (auto did = act(); did != "idle" && done.size() < acts_max; did = act())
            done.push_back(did);
        return done;
    }

    std::string digest_in_kernel() { return to_hex(applier::to_ruleset(kernel.now).digest()); }

    using acts = std::vector<std::string>;
    memory_kernel kernel;
    applier::reconciler machine{[] { return 0.5; }};
    std::vector<std::chrono::nanoseconds> waited;
    const error refused{model::dataplane_errc::kernel_refused, "test"};
    const error busy{model::dataplane_errc::busy, "test"};
};

TEST_F(Reconciler, IsIdleUntilSomethingIsWanted) {
    EXPECT_EQ(run(), acts{});
    machine.resync();
    EXPECT_EQ(run(), acts{});
}

TEST_F(Reconciler, ReadsTheKernelThenAppliesWhatIsWanted) {
    const auto wanted = with_door(30051);
    machine.want(wanted, 7);
    EXPECT_EQ(run(), (acts{"read", "apply from 0"}));
    EXPECT_EQ(digest_in_kernel(), to_hex(wanted->digest()));

    const auto applied = machine.take_applied();
    ASSERT_TRUE(applied);
    EXPECT_EQ(applied->ruleset, wanted);
    EXPECT_EQ(applied->seq, 7U);
    EXPECT_EQ(applied->commits, 2U);
    EXPECT_EQ(applied->members_changed, 2U);
    EXPECT_FALSE(applied->drift);
    EXPECT_FALSE(machine.take_applied());
}

TEST_F(Reconciler, CommitsNothingWhenTheKernelHoldsItAlready) {
    const auto wanted = with_door(30051);
    kernel.apply(applier::make_plan({}, *wanted));
    machine.want(wanted, 7);
    EXPECT_EQ(run(), acts{"read"});

    const auto applied = machine.take_applied();
    ASSERT_TRUE(applied);
    EXPECT_EQ(applied->commits, 0U);
    EXPECT_EQ(applied->steps, 0U);
}

TEST_F(Reconciler, BelievesWhatItAppliedAndDoesNotReadAgain) {
    machine.want(with_door(30051), 7);
    run();
    const auto next = with_door(30052);
    machine.want(next, 8);
    EXPECT_EQ(run(), acts{"apply from 0"});
    EXPECT_EQ(digest_in_kernel(), to_hex(next->digest()));
    EXPECT_EQ(machine.take_applied()->commits, 0U);
}

TEST_F(Reconciler, SkipsARulesetThatWasReplacedBeforeItBegan) {
    machine.want(with_door(30051), 7);
    machine.want(with_door(30052), 8);
    run();
    EXPECT_EQ(machine.take_applied()->seq, 8U);
}

TEST_F(Reconciler, FinishesThePlanInFlightBeforeTheNext) {
    machine.want(with_door(30051), 7);
    ASSERT_EQ(act(), "read");
    const auto todo = machine.next();
    const auto& plan = std::get<applier::apply_plan>(todo);
    machine.want(with_door(30052), 8);
    EXPECT_TRUE(std::holds_alternative<applier::idle>(machine.next()));
    machine.on_applied(kernel.apply(plan.what, plan.first));
    EXPECT_EQ(machine.take_applied()->seq, 7U);
    EXPECT_EQ(run(), acts{"apply from 0"});
    EXPECT_EQ(machine.take_applied()->seq, 8U);
}

TEST_F(Reconciler, GoesOnWhereTheXtablesLockStoppedIt) {
    const auto wanted = with_door(30051);
    machine.want(wanted, 7);
    ASSERT_EQ(act(), "read");
    const auto commit_step = 16U + 1U; // behind the sets and the door's members
    kernel.apply_fails = {commit_step, busy};
    EXPECT_EQ(act(), "apply from 0");
    EXPECT_TRUE(machine.failure());
    EXPECT_EQ(act(), "wait");
    EXPECT_EQ(waited, std::vector<std::chrono::nanoseconds>{limits::xtables_lock_retry});
    EXPECT_EQ(act(), "apply from 17");
    EXPECT_FALSE(machine.failure());
    EXPECT_EQ(machine.take_applied()->commits, 2U);
    EXPECT_EQ(digest_in_kernel(), to_hex(wanted->digest()));
}

TEST_F(Reconciler, ReadsAfreshAfterAFailureAndReportsNoDriftForIt) {
    machine.want(with_door(30051), 7);
    run();
    const auto next = with_door(30052);
    machine.want(next, 8);
    kernel.apply_fails = {1, refused};
    EXPECT_EQ(run(), (acts{"apply from 0", "wait", "read", "apply from 0"}));
    EXPECT_EQ(digest_in_kernel(), to_hex(next->digest()));
    EXPECT_FALSE(machine.take_applied()->drift);
    EXPECT_FALSE(machine.failure());
}

TEST_F(Reconciler, BacksOffLongerWithEachFailureUpToABound) {
    machine.want(with_door(30051), 7);
    for (int i = 0; i < 12; ++i) {
        kernel.read_fails = refused;
        ASSERT_EQ(act(), "read");
        ASSERT_EQ(act(), "wait");
        ASSERT_EQ(machine.failure()->message(), refused.message());
    }
    EXPECT_EQ(waited[0], 50ms);
    EXPECT_EQ(waited[1], 100ms);
    EXPECT_EQ(waited[2], 200ms);
    EXPECT_EQ(waited[11], 15s);
    EXPECT_EQ(run(), (acts{"read", "apply from 0"}));
    kernel.read_fails = refused;
    machine.resync();
    run();
    EXPECT_EQ(waited.back(), 50ms) << "a success starts the backoff anew";
}

TEST_F(Reconciler, FindsAndRepairsDriftOnResync) {
    const auto wanted = with_door(30051);
    machine.want(wanted, 7);
    run();
    machine.take_applied();
    machine.resync();
    EXPECT_EQ(run(), acts{"read"});
    EXPECT_FALSE(machine.take_applied()->drift);

    kernel.now.tables[0].chains[0].rules.pop_back();
    machine.resync();
    EXPECT_EQ(run(), (acts{"read", "apply from 0"}));
    const auto repaired = machine.take_applied();
    EXPECT_TRUE(repaired->drift);
    EXPECT_EQ(repaired->commits, 1U);
    EXPECT_EQ(digest_in_kernel(), to_hex(wanted->digest()));
}

TEST_F(Reconciler, StillSeesDriftWhenTheReadFailsFirst) {
    machine.want(with_door(30051), 7);
    run();
    kernel.now.sets.front().members.clear();
    kernel.now.tables[1].chains.clear();
    kernel.read_fails = refused;
    machine.resync();
    EXPECT_EQ(run(), (acts{"read", "wait", "read", "apply from 0"}));
    EXPECT_TRUE(machine.take_applied()->drift);
}

TEST_F(Reconciler, ReadsAfterThePlanInFlightWhenResyncCameMeanwhile) {
    machine.want(with_door(30051), 7);
    ASSERT_EQ(act(), "read");
    const auto todo = machine.next();
    machine.resync();
    machine.on_applied(kernel.apply(std::get<applier::apply_plan>(todo).what));
    EXPECT_EQ(run(), acts{"read"});
}

TEST_F(Reconciler, DoesNotWaitForAFamilyThatTheKernelLacks) {
    kernel = memory_kernel({model::family::ipv4});
    machine.want(with_door(30051), 7);
    run();
    const auto applied = machine.take_applied();
    ASSERT_TRUE(applied);
    EXPECT_EQ(applied->commits, 1U);
    EXPECT_EQ(applied->remarks, acts{"the kernel has no ipv6: its rules are not applied"});
    machine.resync();
    EXPECT_EQ(run(), acts{"read"});
    EXPECT_FALSE(machine.take_applied()->drift);
}

} // namespace

} // namespace nodewall::test
