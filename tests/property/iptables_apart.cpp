// Nobody waits for another's failure (SEMANTICS section 6): a kernel that does not take one set,
// ever, or fails at any one step, gets everything else; what needs the set refuses. At no instant
// is a connection admitted that neither the ruleset before nor the one after admits.
#include "applier/reconciler.hpp"
#include "base/limits.hpp"
#include "harness/xt_evaluator.hpp"
#include "model/pod_query.hpp"
#include "netfilter/iptables/dataplane.hpp"
#include "random_gate.hpp"
#include "ruleset/set_apart.hpp"
#include "seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <optional>
#include <random>
#include <set>
#include <string>

namespace nodewall::test {

namespace {

namespace ipt = netfilter::iptables;
using shared_ruleset = std::shared_ptr<const ruleset::ruleset>;

constexpr std::uint64_t histories = 16;
constexpr unsigned changes_of_history = 8;

std::vector<bool> verdicts(const ruleset::ruleset& rules,
                           const std::vector<ruleset::packet>& packets) {
    const ruleset::evaluator ask(rules);
    std::vector<bool> all;
    for (const auto& p : packets)
        all.push_back(ask.admits(p));
    return all;
}

/// The reconciler on a kernel that fails.
class failing_node {
public:
    explicit failing_node(std::uint32_t mark_mask)
        : backend_(ipt::dataplane_on(kernel_, mark_mask)), packets_(random_gate::packets()),
          held_(packets_.size(), true), coming_(packets_.size(), true) {
        kernel_.on_change = [this] { look(); };
        kernel_.before_act = [this](const std::string& act) { return before(act); };
    }

    /// Which set is never created and never gets a member more; empty: all are taken.
    void refuse_set(std::string name) { refused_set_ = std::move(name); }
    /// One act fails, after so many.
    void fail_once_after(std::optional<std::size_t> acts) { acts_left_ = acts; }

    /// Until the ruleset is applied, as far as the kernel takes it.
    applier::applied bring(const shared_ruleset& to) {
        held_ = verdict_now();
        coming_ = verdicts(*to, packets_);
        machine_.want(to, ++seq_);
        return go_on();
    }
    /// Until all of it was tried again.
    applier::applied try_again() {
        now_ += limits::backoff_max * 64;
        return go_on();
    }

    std::vector<bool> verdict_now() const {
        const xt_evaluator ask(kernel_);
        std::vector<bool> all;
        for (const auto& p : packets_)
            all.push_back(ask.evaluate(p).admitted);
        return all;
    }
    const std::vector<ruleset::packet>& packets() const { return packets_; }

    std::size_t failures = 0;

private:
    applier::applied go_on() {
        for (unsigned actions = 0; actions < 1000; ++actions) {
            const auto todo = machine_.next(now_);
            if (std::holds_alternative<applier::read_kernel>(todo)) {
                machine_.on_read(backend_->read());
            } else if (const auto* apply = std::get_if<applier::apply_ruleset>(&todo)) {
                const auto outcome = backend_->apply(apply->to);
                failures += outcome.failure ? 1U : 0U;
                machine_.on_applied(outcome, now_);
            } else if (std::holds_alternative<applier::tidy_up>(todo)) {
                machine_.on_tidied(backend_->tidy(), now_);
            } else if (const auto* wait = std::get_if<applier::wait_for>(&todo)) {
                now_ += wait->delay;
            }
            if (testing::Test::HasFatalFailure())
                break;
            if (auto done = machine_.take_applied(); done && done->seq == seq_)
                return *done;
        }
        ADD_FAILURE() << "it is never applied";
        return {};
    }

    std::optional<error> before(const std::string& act) {
        const error why(ruleset::dataplane_errc::kernel_refused, "test");
        if (acts_left_ && (*acts_left_)-- == 0) {
            acts_left_.reset();
            return why;
        }
        const bool adds = act.starts_with("create ") || act.starts_with("add to ");
        if (!refused_set_.empty() && adds && act.find(refused_set_) != std::string::npos)
            return why;
        return std::nullopt;
    }

    void look() {
        const auto now = verdict_now();
        for (std::size_t i = 0; i < now.size(); ++i)
            ASSERT_TRUE(!now[i] || held_[i] || coming_[i])
                << packets_[i].source.to_string() << " to " << packets_[i].destination.to_string()
                << " port " << packets_[i].port << " is admitted in between";
    }

    ipt::memory_kernel kernel_;
    std::unique_ptr<ruleset::dataplane> backend_;
    std::vector<ruleset::packet> packets_;
    std::vector<bool> held_, coming_;
    std::string refused_set_;
    std::optional<std::size_t> acts_left_;
    applier::reconciler machine_{[] { return 0.5; }};
    applier::reconciler::nanoseconds now_{};
    std::uint64_t seq_ = 0;
};

/// Sets that decisions read, but for the one that all slots' rules ask.
std::vector<const ruleset::set*> shared_sets(const ruleset::ruleset& rules) {
    std::vector<const ruleset::set*> all;
    for (const auto& u : rules.units()) {
        const auto* set = std::get_if<ruleset::set>(&u->content);
        const bool shared = set != nullptr && (set->what == ruleset::purpose::peers ||
                                               set->what == ruleset::purpose::blocks);
        if (shared &&
            set->name != ruleset::hashed_set_name(ruleset::purpose::peers, set->fam,
                                                  model::pod_query::everything().identity()))
            all.push_back(set);
    }
    return all;
}

constexpr std::array<std::uint32_t, 2> masks{ipt::default_mark_mask, 0x1f};

TEST(IptablesApart, WhatTheKernelDoesNotTakeKeepsNobodyElseWaiting) {
    std::size_t apart = 0, failures = 0;
    for_each_seed(histories, [&](std::uint64_t seed) {
        random_gate gate(seed);
        std::mt19937_64 random(seed);
        failing_node node(masks[seed % masks.size()]);
        std::set<std::string> refused;
        for (unsigned n = 0; n < changes_of_history; ++n) {
            SCOPED_TRACE("change " + std::to_string(n));
            const auto to = gate.rules();
            const auto sets = shared_sets(*to);
            const auto* bad = sets.empty() ? nullptr : sets[random() % sets.size()];
            node.refuse_set(bad == nullptr ? std::string() : bad->name);
            const auto done = node.bring(to);
            ASSERT_FALSE(testing::Test::HasFailure());
            // What was refused before is apart until all is tried again.
            if (bad != nullptr)
                refused.insert(ruleset::set_unit_name(bad->fam, bad->name));
            const std::set<std::string> units(done.refused_units.begin(), done.refused_units.end());
            ASSERT_TRUE(std::includes(refused.begin(), refused.end(), units.begin(), units.end()));
            ASSERT_EQ(node.verdict_now(),
                      verdicts(ruleset::without(*to, units).rules, node.packets()));
            apart += done.set_apart.empty() ? 0U : 1U;
            if (n % 3 == 2 && !done.set_apart.empty()) {
                node.refuse_set({});
                ASSERT_TRUE(node.try_again().set_apart.empty());
                ASSERT_EQ(node.verdict_now(), verdicts(*to, node.packets()));
            }
            gate.change(4);
        }
        failures += node.failures;
    });
    EXPECT_GT(apart, 10U);
    std::cout << failures << " failures, " << apart << " applied without a set\n";
}

TEST(IptablesApart, AStepThatFailsAnywhereDelaysWhatNeedsItAlone) {
    std::size_t failures = 0;
    for_each_seed(histories / 2, [&](std::uint64_t seed) {
        random_gate gate(seed);
        std::mt19937_64 random(seed);
        failing_node node(masks[seed % masks.size()]);
        for (unsigned n = 0; n < changes_of_history; ++n) {
            SCOPED_TRACE("change " + std::to_string(n));
            const auto to = gate.rules();
            node.fail_once_after(random() % 24);
            auto done = node.bring(to);
            ASSERT_FALSE(testing::Test::HasFailure());
            node.fail_once_after(std::nullopt);
            for (unsigned tries = 0; !done.set_apart.empty() && tries < 10; ++tries)
                done = node.try_again();
            ASSERT_TRUE(done.set_apart.empty());
            ASSERT_EQ(node.verdict_now(), verdicts(*to, node.packets()));
            gate.change(4);
            if (n % 4 == 3)
                gate.change_configuration();
        }
        failures += node.failures;
    });
    EXPECT_GT(failures, 10U);
    std::cout << failures << " failures\n";
}

} // namespace

} // namespace nodewall::test
