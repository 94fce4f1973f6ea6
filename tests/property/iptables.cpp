// SEMANTICS section 5: during an apply each connection gets the verdict of the ruleset before or of
// the one after, at every instant: after each member and each table, by rules and marks as the
// kernel walks them. What the rulesets say is asked of the evaluator, which knows nothing of slots.
#include "harness/xt_evaluator.hpp"
#include "netfilter/iptables/dataplane.hpp"
#include "random_gate.hpp"
#include "seeds.hpp"

#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <optional>
#include <random>

namespace nodewall::test {

namespace {

namespace ipt = netfilter::iptables;
using shared_ruleset = std::shared_ptr<const ruleset::ruleset>;

constexpr std::uint64_t histories = 40;
constexpr unsigned changes_of_history = 8;
constexpr std::uint32_t foreign_mark = 0x4000; // kube-proxy's, in none of the masks below

std::vector<bool> verdicts(const ruleset::ruleset& rules,
                           const std::vector<ruleset::packet>& packets) {
    const ruleset::evaluator ask(rules);
    std::vector<bool> all;
    all.reserve(packets.size());
    for (const auto& p : packets)
        all.push_back(ask.admits(p));
    return all;
}

/// A kernel, watched.
class watched {
public:
    watched(std::uint32_t mark_mask, std::vector<ruleset::packet> packets)
        : mask_(mark_mask), packets_(std::move(packets)),
          backend_(ipt::dataplane_on(kernel, mark_mask)), held_(packets_.size(), true) {
        kernel.on_change = [this] { look(); };
        kernel.before_act = [this](const std::string& act) { return before(act); };
        EXPECT_TRUE(backend_->read());
    }

    ruleset::apply_outcome apply(const shared_ruleset& to) {
        acts_.clear();
        coming_ = verdicts(*to, packets_);
        auto outcome = backend_->apply(to);
        if (!outcome.failure) {
            held_ = coming_;
            look();
        }
        return outcome;
    }
    ruleset::apply_outcome tidy() {
        coming_ = held_;
        return backend_->tidy();
    }
    ruleset::kernel_view read() { return backend_->read().value(); }
    std::vector<bool> verdict_now() const {
        const xt_evaluator ask(kernel);
        std::vector<bool> all;
        for (const auto& p : packets_)
            all.push_back(ask.evaluate(p).admitted);
        return all;
    }
    /// The kernel refuses everything after so many acts more.
    void fail_after(std::optional<std::size_t> acts) { acts_left_ = acts; }
    void lock_tables(bool locked) { locked_ = locked; }
    /// What packets meet now is what they met before the next change.
    void take_as_before() { held_ = verdict_now(); }

    ipt::memory_kernel kernel;
    std::size_t instants = 0, changed = 0;

private:
    std::optional<error> before(const std::string& act) {
        acts_.push_back(act);
        if (locked_ && act.starts_with("commit"))
            return error(ruleset::dataplane_errc::busy, "test");
        if (acts_left_ && (*acts_left_)-- == 0) {
            acts_left_ = 0;
            return error(ruleset::dataplane_errc::kernel_refused, "test");
        }
        return std::nullopt;
    }

    void look() {
        ++instants;
        const xt_evaluator ask(kernel);
        for (std::size_t i = 0; i < packets_.size(); ++i) {
            const auto& p = packets_[i];
            const auto now = ask.evaluate(p, foreign_mark | mask_);
            changed += now.admitted != held_[i] ? 1U : 0U;
            if (testing::Test::HasFatalFailure())
                return;
            ASSERT_TRUE(now.admitted == held_[i] || now.admitted == coming_[i])
                << p.source.to_string() << " to " << p.destination.to_string() << " port " << p.port
                << (now.admitted ? ": admitted" : ": refused") << " after "
                << testing::PrintToString(acts_);
            constexpr std::size_t rules_before_doors = 2; // lo, and the exempt
            if (now.admitted && now.rules > rules_before_doors) {
                ASSERT_EQ(now.mark, foreign_mark) << "a mark of ours leaves the table";
            }
        }
    }

    std::uint32_t mask_;
    std::vector<ruleset::packet> packets_;
    std::unique_ptr<ruleset::dataplane> backend_;
    std::vector<bool> held_, coming_;
    std::vector<std::string> acts_; // of this apply so far
    std::optional<std::size_t> acts_left_;
    bool locked_ = false;
};

/// Ten bits as usual, and so few that slots are found in two steps, or run out of room at once.
constexpr std::array<std::uint32_t, 3> masks{ipt::default_mark_mask, 0x1f, 0xf};

TEST(Iptables, GivesEachConnectionTheVerdictBeforeOrAfterAtEveryInstant) {
    std::size_t instants = 0, changed = 0, commits = 0, applies = 0;
    for_each_seed(histories, [&](std::uint64_t seed) {
        random_gate gate(seed);
        watched node(masks[seed % masks.size()], random_gate::packets());
        for (unsigned n = 0; n < changes_of_history; ++n) {
            SCOPED_TRACE("change " + std::to_string(n));
            const auto to = gate.rules();
            const auto outcome = node.apply(to);
            ASSERT_FALSE(testing::Test::HasFatalFailure());
            ASSERT_FALSE(outcome.failure) << outcome.failure->message();
            commits += outcome.commits;
            ++applies;
            if (seed % 2 == 0 || n % 3 == 0) {
                const auto tidied = node.tidy();
                ASSERT_FALSE(testing::Test::HasFatalFailure());
                ASSERT_FALSE(tidied.failure) << tidied.failure->message();
            }
            if (seed % 3 == 0) {
                ASSERT_EQ(node.read().rules.digest_lines(), to->digest_lines());
                const auto again = node.apply(to);
                ASSERT_EQ(again.steps, 0U) << "nothing changed";
            }
            gate.change(4);
            if (seed % 5 == 0 && n % 3 == 2)
                gate.change_configuration();
        }
        instants += node.instants;
        changed += node.changed;
    });
    EXPECT_GT(changed, 10 * applies) << "the rulesets hardly differ";
    std::cout << applies << " applies, " << commits << " commits, " << instants << " instants\n";
}

/// The service dies, or a call fails, after any number of acts: what stands then is read, and
/// brought to another ruleset.
TEST(Iptables, GoesOnFromWhateverAnUnfinishedApplyLeft) {
    std::size_t broken = 0;
    for_each_seed(histories, [&](std::uint64_t seed) {
        random_gate gate(seed);
        std::mt19937_64 random(seed);
        watched node(masks[seed % masks.size()], random_gate::packets());
        ASSERT_FALSE(node.apply(gate.rules()).failure);
        for (unsigned n = 0; n < changes_of_history; ++n) {
            SCOPED_TRACE("change " + std::to_string(n));
            gate.change(4);
            if (n % 4 == 3)
                gate.change_configuration();
            node.fail_after(random() % 12);
            const auto outcome = n % 3 == 2 ? node.tidy() : node.apply(gate.rules());
            ASSERT_FALSE(testing::Test::HasFatalFailure());
            broken += outcome.failure ? 1U : 0U;
            node.fail_after(std::nullopt);
            node.take_as_before();
            if (n % 2 == 0)
                gate.change(2);
            node.read();
            const auto to = gate.rules();
            const auto rest = node.apply(to);
            ASSERT_FALSE(testing::Test::HasFatalFailure());
            ASSERT_FALSE(rest.failure) << rest.failure->message();
            ASSERT_EQ(node.read().rules.digest_lines(), to->digest_lines());
            ASSERT_EQ(node.verdict_now(), verdicts(*to, random_gate::packets()));
        }
    });
    EXPECT_GT(broken, 10U);
}

/// While another program holds the lock of the tables, newer rulesets come.
TEST(Iptables, GoesOnWithTheNewestRulesetWhileTheTablesAreLocked) {
    std::size_t waited = 0, went_on = 0;
    for_each_seed(histories, [&](std::uint64_t seed) {
        random_gate gate(seed);
        // Four bits do not tell apart what stands and what waits.
        watched node(masks[seed % 2], random_gate::packets());
        ASSERT_FALSE(node.apply(gate.rules()).failure);
        for (unsigned n = 0; n < changes_of_history; ++n) {
            SCOPED_TRACE("change " + std::to_string(n));
            node.lock_tables(true);
            for (unsigned held = n % 3; held != 0; --held) {
                gate.change(3);
                if (seed % 7 == 0)
                    gate.change_configuration();
                const auto outcome = node.apply(gate.rules());
                ASSERT_FALSE(testing::Test::HasFatalFailure());
                if (outcome.failure) {
                    ASSERT_TRUE(outcome.failure->is(ruleset::dataplane_errc::busy))
                        << outcome.failure->message();
                    ++waited;
                    went_on += outcome.steps != 0 ? 1U : 0U;
                    node.take_as_before();
                }
                if (seed % 4 == 0 && held == 2)
                    node.tidy();
            }
            node.lock_tables(false);
            if (n % 2 == 0)
                gate.change(2);
            const auto to = gate.rules();
            const auto outcome = node.apply(to);
            ASSERT_FALSE(testing::Test::HasFatalFailure());
            ASSERT_FALSE(outcome.failure) << outcome.failure->message();
            ASSERT_EQ(node.verdict_now(), verdicts(*to, random_gate::packets()));
            if (seed % 3 == 0) {
                ASSERT_EQ(node.read().rules.digest_lines(), to->digest_lines());
            }
        }
    });
    EXPECT_GT(waited, 10U);
    EXPECT_GT(went_on, 10U);
}

/// Whatever was applied on the way, the same ruleset reads back the same, and gives the same
/// verdicts as on an empty kernel.
TEST(Iptables, ComesToTheSameByEveryWay) {
    for_each_seed(histories, [&](std::uint64_t seed) {
        random_gate gate(seed);
        std::vector<shared_ruleset> rulesets;
        for (unsigned n = 0; n < changes_of_history; ++n) {
            rulesets.push_back(gate.rules());
            gate.change(4);
        }
        const auto& last = rulesets.back();
        for (const unsigned stride : {1U, 3U, changes_of_history}) {
            watched node(masks[seed % masks.size()], random_gate::packets());
            for (std::size_t n = (rulesets.size() - 1) % stride; n < rulesets.size(); n += stride)
                ASSERT_FALSE(node.apply(rulesets[n]).failure);
            ASSERT_FALSE(node.apply(last).failure);
            ASSERT_FALSE(testing::Test::HasFatalFailure());
            ASSERT_EQ(node.read().rules.digest(), last->digest());
        }
    });
}

} // namespace

} // namespace nodewall::test
