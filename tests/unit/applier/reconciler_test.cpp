#include "applier/reconciler.hpp"

#include "base/limits.hpp"
#include "compiler/decisions/program.hpp"
#include "compiler/layout/assembly.hpp"
#include "compiler/layout/fixed_chains.hpp"
#include "netfilter/iptables/dataplane.hpp"
#include "netfilter/iptables/kernel/memory_kernel.hpp"

#include <gtest/gtest.h>

namespace nodewall::test {

namespace {

using namespace std::chrono_literals;
using netfilter::iptables::memory_kernel;
using shared_ruleset = std::shared_ptr<const ruleset::ruleset>;

/// The fixed chains, and one NodePort that is shut to all but one address.
shared_ruleset with_door(std::uint16_t port) {
    using namespace compiler;
    assembly rules;
    for (const auto& unit : fixed_units({}))
        rules.put(unit);
    sources admitted(model::family::ipv4);
    admitted.add_address(model::ip_address::parse("192.0.2." + std::to_string(port % 200)).value());
    rules.shut({.address = model::ip_address::zero(model::family::ipv4), .port = port},
               program::admit_only(admitted), {});
    return std::make_shared<const ruleset::ruleset>(rules.rules());
}

class Reconciler : public testing::Test {
protected:
    /// Does what the machine asks for, and says so.
    std::string act() {
        const auto todo = machine.next(now);
        if (std::holds_alternative<applier::read_kernel>(todo)) {
            machine.on_read(plane->read());
            return "read";
        }
        if (const auto* wait = std::get_if<applier::wait_for>(&todo)) {
            waited.push_back(wait->delay);
            now += wait->delay;
            return "wait";
        }
        if (const auto* apply = std::get_if<applier::apply_ruleset>(&todo)) {
            machine.on_applied(plane->apply(apply->to), now);
            return "apply";
        }
        if (std::holds_alternative<applier::tidy_up>(todo)) {
            machine.on_tidied(plane->tidy(), now);
            return "tidy";
        }
        return "idle";
    }

    /// Until it is idle or waits to tidy up, at most `acts_max` acts.
    std::vector<std::string> run(std::size_t acts_max = 20) {
        std::vector<std::string> done;
        while (done.size() < acts_max) {
            done.push_back(act());
            if (done.back() == "idle" || (done.back() == "wait" && !machine.failure())) {
                done.pop_back();
                break;
            }
        }
        return done;
    }

    std::string digest_in_kernel() {
        auto copy = kernel;
        copy.before_act = nullptr;
        return to_hex(netfilter::iptables::dataplane_on(copy)->read().value().rules.digest());
    }
    /// The next act of the kernel that begins so fails.
    void fail(std::string begins, error with) {
        kernel.before_act = [this, begins, with](const std::string& what) -> std::optional<error> {
            if (!what.starts_with(begins))
                return std::nullopt;
            auto failure = with; // it goes with the function
            kernel.before_act = nullptr;
            return failure;
        };
    }

    using acts = std::vector<std::string>;
    memory_kernel kernel;
    std::unique_ptr<ruleset::dataplane> plane = netfilter::iptables::dataplane_on(kernel);
    applier::reconciler machine{[] { return 0.5; }};
    std::chrono::nanoseconds now{};
    std::vector<std::chrono::nanoseconds> waited;
    const error refused{ruleset::dataplane_errc::kernel_refused, "test"};
    const error busy{ruleset::dataplane_errc::busy, "test"};
};

TEST_F(Reconciler, IsIdleUntilSomethingIsWanted) {
    EXPECT_EQ(run(), acts{});
    machine.resync();
    EXPECT_EQ(run(), acts{});
}

TEST_F(Reconciler, ReadsTheKernelThenAppliesWhatIsWanted) {
    const auto wanted = with_door(30051);
    machine.want(wanted, 7);
    EXPECT_EQ(run(), (acts{"read", "apply"}));
    EXPECT_EQ(digest_in_kernel(), to_hex(wanted->digest()));

    const auto applied = machine.take_applied();
    ASSERT_TRUE(applied);
    EXPECT_EQ(applied->ruleset, wanted);
    EXPECT_EQ(applied->seq, 7U);
    EXPECT_EQ(applied->commits, 2U);
    EXPECT_GE(applied->members_changed, 3U) << "the address, and the door in two halves";
    EXPECT_FALSE(applied->drift);
    EXPECT_FALSE(machine.take_applied());
}

TEST_F(Reconciler, ChangesNothingWhenTheKernelHoldsItAlready) {
    const auto wanted = with_door(30051);
    ASSERT_TRUE(plane->read());
    ASSERT_FALSE(plane->apply(wanted).failure);
    machine.want(wanted, 7);
    EXPECT_EQ(run(), (acts{"read", "apply"}));

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
    EXPECT_EQ(run(), acts{"apply"});
    EXPECT_EQ(digest_in_kernel(), to_hex(next->digest()));
    EXPECT_EQ(machine.take_applied()->commits, 0U) << "a door that comes costs no table commit";
}

TEST_F(Reconciler, SkipsARulesetThatWasReplacedBeforeItBegan) {
    machine.want(with_door(30051), 7);
    machine.want(with_door(30052), 8);
    run();
    EXPECT_EQ(machine.take_applied()->seq, 8U);
}

TEST_F(Reconciler, FinishesTheApplyInFlightBeforeTheNext) {
    machine.want(with_door(30051), 7);
    ASSERT_EQ(act(), "read");
    const auto todo = machine.next(now);
    machine.want(with_door(30052), 8);
    EXPECT_TRUE(std::holds_alternative<applier::idle>(machine.next(now)));
    machine.on_applied(plane->apply(std::get<applier::apply_ruleset>(todo).to), now);
    EXPECT_EQ(machine.take_applied()->seq, 7U);
    EXPECT_EQ(run(), acts{"apply"});
    EXPECT_EQ(machine.take_applied()->seq, 8U);
}

TEST_F(Reconciler, GoesOnWhereTheXtablesLockStoppedIt) {
    const auto wanted = with_door(30051);
    machine.want(wanted, 7);
    ASSERT_EQ(act(), "read");
    fail("commit", busy);
    EXPECT_EQ(act(), "apply");
    EXPECT_TRUE(machine.failure());
    EXPECT_EQ(act(), "wait");
    EXPECT_EQ(waited, std::vector<std::chrono::nanoseconds>{limits::xtables_lock_retry});
    EXPECT_EQ(act(), "apply");
    EXPECT_FALSE(machine.failure());
    EXPECT_EQ(machine.take_applied()->commits, 2U);
    EXPECT_EQ(digest_in_kernel(), to_hex(wanted->digest()));
}

TEST_F(Reconciler, ReadsAfreshAfterAFailureAndReportsNoDriftForIt) {
    machine.want(with_door(30051), 7);
    run();
    const auto next = with_door(30052);
    machine.want(next, 8);
    fail("add", refused);
    EXPECT_EQ(run(), (acts{"apply", "read", "apply"})) << "it was about one decision: at once";
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
    EXPECT_EQ(run(), (acts{"read", "apply"}));
    kernel.read_fails = refused;
    machine.resync();
    waited.clear();
    run();
    EXPECT_EQ(waited.front(), 50ms) << "a success starts the backoff anew";
}

TEST_F(Reconciler, TidiesUpASecondAfterTheLastApply) {
    machine.want(with_door(30051), 7);
    run();
    const auto sets = kernel.sets.size();
    machine.want(with_door(30052), 8);
    ASSERT_EQ(act(), "apply");
    EXPECT_EQ(act(), "wait");
    EXPECT_EQ(waited.back(), limits::slot_rest);
    machine.want(with_door(30053), 9);
    EXPECT_EQ(act(), "apply") << "news does not wait for it";
    EXPECT_EQ(act(), "wait");
    EXPECT_EQ(act(), "tidy");
    EXPECT_EQ(act(), "idle");
    EXPECT_GE(kernel.sets.size(), sets);
    EXPECT_EQ(digest_in_kernel(), to_hex(with_door(30053)->digest()));
}

TEST_F(Reconciler, FindsAndRepairsDriftOnResync) {
    const auto wanted = with_door(30051);
    machine.want(wanted, 7);
    run();
    machine.take_applied();
    machine.resync();
    EXPECT_EQ(run(), (acts{"read", "apply"}));
    EXPECT_FALSE(machine.take_applied()->drift);

    for (auto& chain : kernel.tables.at(model::family::ipv4))
        if (chain.name == "NW-DOORS")
            chain.rules.pop_back();
    machine.resync();
    EXPECT_EQ(run(), (acts{"read", "apply"}));
    const auto repaired = machine.take_applied();
    EXPECT_TRUE(repaired->drift);
    EXPECT_EQ(repaired->commits, 1U);
    EXPECT_EQ(digest_in_kernel(), to_hex(wanted->digest()));
}

TEST_F(Reconciler, StillSeesDriftWhenTheReadFailsFirst) {
    machine.want(with_door(30051), 7);
    run();
    kernel.tables.at(model::family::ipv6).clear();
    kernel.read_fails = refused;
    machine.resync();
    EXPECT_EQ(run(), (acts{"read", "wait", "read", "apply"}));
    EXPECT_TRUE(machine.take_applied()->drift);
}

TEST_F(Reconciler, ReadsAfterTheApplyInFlightWhenResyncCameMeanwhile) {
    machine.want(with_door(30051), 7);
    ASSERT_EQ(act(), "read");
    const auto todo = machine.next(now);
    machine.resync();
    machine.on_applied(plane->apply(std::get<applier::apply_ruleset>(todo).to), now);
    EXPECT_EQ(run(), (acts{"read", "apply"}));
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
    EXPECT_EQ(run(), (acts{"read", "apply"}));
    EXPECT_FALSE(machine.take_applied()->drift);
}

} // namespace

} // namespace nodewall::test
