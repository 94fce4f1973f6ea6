#include "netfilter/iptables/dataplane.hpp"

#include "netfilter/iptables/kernel/live_kernel.hpp"
#include "netfilter/iptables/kernel/memory_kernel.hpp"
#include "netfilter/iptables/layout/reading.hpp"
#include "netfilter/iptables/plan/attempt.hpp"
#include "netfilter/iptables/plan/execution.hpp"
#include "netfilter/iptables/plan/planner.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace nodewall::netfilter::iptables {

namespace {

using shared_ruleset = std::shared_ptr<const ruleset::ruleset>;

class iptables_dataplane final : public ruleset::dataplane {
public:
    iptables_dataplane(kernel_port& kernel, std::uint32_t mark_mask)
        : kernel_(kernel), bits_(mark_mask) {}
    iptables_dataplane(std::unique_ptr<kernel_port> kernel, std::uint32_t mark_mask)
        : owned_(std::move(kernel)), kernel_(*owned_), bits_(mark_mask) {}

    result<void> probe() override { return kernel_.probe(); }

    result<ruleset::kernel_view> read() override {
        forget();
        const auto content = kernel_.read();
        if (!content)
            return content.error();
        ruleset::kernel_view view{.rules = {}, .families = {}, .remarks = {}};
        for (const auto& table : content->tables) {
            view.families.push_back(table.fam);
            view.remarks.insert(view.remarks.end(), table.content.remarks.begin(),
                                table.content.remarks.end());
            add_family(table, *content, view.rules);
        }
        view.remarks.insert(view.remarks.end(), content->remarks.begin(), content->remarks.end());
        const auto held = std::make_shared<const ruleset::ruleset>(view.rules);
        for (auto& f : families_)
            f.holds = held;
        for (const auto f : model::families)
            if (std::ranges::find(view.families, f) == view.families.end())
                view.remarks.push_back("the kernel has no " + std::string(model::to_string(f)) +
                                       ": its rules are not applied");
        known_ = true;
        return view;
    }

    ruleset::apply_outcome apply(shared_ruleset to) override {
        ruleset::apply_outcome outcome;
        if (!known_) {
            outcome.failure =
                error(ruleset::dataplane_errc::kernel_refused, "the kernel has to be read first");
            return outcome;
        }
        if (waiting_ && waiting_->to != to)
            waiting_.reset();
        if (!waiting_ && !take_surplus_away_of_all(outcome))
            return outcome;
        while (!outcome.failure && go_on(to, outcome)) {
        }
        outcome.untidy = known_ && is_anything_untidy();
        return outcome;
    }

    ruleset::apply_outcome tidy() override {
        ruleset::apply_outcome outcome;
        if (!known_)
            return outcome;
        waiting_.reset(); // what it prepared goes, too
        for (auto& f : families_) {
            if (!tidy_family(f, outcome))
                break;
        }
        outcome.untidy = known_ && is_anything_untidy();
        return outcome;
    }

    result<void> reset() override {
        forget();
        const auto content = kernel_.read();
        if (!content)
            return content.error();
        for (const auto& table : content->tables)
            if (const auto done = kernel_.commit(table.fam, {}); !done)
                return done.error();
        for (const bool lists : {true, false})
            for (const auto& set : content->sets)
                if ((set.definition.type == set_type::list_set) == lists)
                    if (auto done = kernel_.destroy(set.definition.name); !done)
                        return done;
        for (const auto& set : content->foreign_sets)
            if (auto done = kernel_.destroy(set); !done)
                return done;
        return {};
    }

private:
    struct family_state {
        image now;
        shared_ruleset holds; // what it stands for, as far as packets can reach it
    };
    struct planned_step {
        family_state* of = nullptr;
        step what;
    };
    /// A plan that waits for the xtables lock.
    struct waiting_plan {
        shared_ruleset to, reaches;
        family_state* of = nullptr;
        std::vector<planned_step> steps;
        std::size_t done = 0;
    };
    using plan_of_family = std::pair<family_state*, family_plan*>;

    void forget() {
        known_ = false;
        waiting_.reset();
        families_.clear();
    }

    void add_family(const kernel_content::table& table, const kernel_content& content,
                    ruleset::ruleset& rules) {
        std::vector<const set_content*> sets;
        for (const auto& set : content.sets)
            if (set.definition.fam == table.fam)
                sets.push_back(&set);
        auto now = read_family(table.content, sets, table.fam, bits_, rules);
        for (const auto& name : content.foreign_sets)
            if (family_in_name(name).value_or(model::family::ipv4) == table.fam)
                now.others.emplace(name, set_definition{.name = name, .fam = table.fam});
        families_.push_back({.now = std::move(now), .holds = nullptr});
    }

    bool tidy_family(family_state& f, ruleset::apply_outcome& outcome) {
        auto plan = make_tidy_plan(f.now);
        if (!plan) {
            outcome.failure = plan.error();
            return false;
        }
        return carry_out(in_order({{&f, &*plan}}), 0, outcome);
    }

    /// Applies that follow each other without a pause, and plans given up for news while the
    /// xtables lock was held, leave behind what no tidy() came to.
    bool take_surplus_away_of_all(ruleset::apply_outcome& outcome) {
        return std::ranges::all_of(families_, [&](family_state& f) {
            std::vector<planned_step> steps;
            for (auto& s : take_surplus_away(f.now))
                steps.push_back({&f, std::move(s)});
            return carry_out(steps, 0, outcome);
        });
    }

    /// One round: what needs no table, of all families together; else what does, of one family.
    /// Whether something may be left to do.
    bool go_on(const shared_ruleset& to, ruleset::apply_outcome& outcome) {
        if (waiting_)
            return finish_waiting(outcome);
        std::vector<std::pair<family_state*, family_plan>> plans;
        for (auto& f : families_) {
            if (f.holds == to && !f.now.damaged)
                continue;
            auto plan = make_plan(f.now, *f.holds, to);
            if ((!plan || !plan->unfit.empty()) &&
                is_untidy(f.now)) { // slots that rest have numbers, too
                if (!tidy_family(f, outcome))
                    return false;
                plan = make_plan(f.now, *f.holds, to);
            }
            if (!plan) {
                outcome.failure = plan.error();
                return false;
            }
            if (!plan->unfit.empty()) {
                outcome.failure = too_many(f.now);
                outcome.refused_units = std::move(plan->unfit);
                return false;
            }
            plans.emplace_back(&f, std::move(*plan));
        }
        std::vector<plan_of_family> at_once;
        for (auto& [of, plan] : plans)
            if (!plan.commit)
                at_once.emplace_back(of, &plan);
        if (!at_once.empty()) {
            if (!carry_out(in_order(at_once), 0, outcome))
                return false;
            for (const auto& [of, plan] : at_once)
                of->holds = plan->reaches;
            return true;
        }
        if (plans.empty())
            return false;
        auto& [of, plan] = plans.front();
        waiting_ = waiting_plan{.to = to,
                                .reaches = plan.reaches,
                                .of = of,
                                .steps = in_order({{of, &plan}}),
                                .done = 0};
        return finish_waiting(outcome);
    }

    bool finish_waiting(ruleset::apply_outcome& outcome) {
        auto& plan = *waiting_;
        const auto done = carry_out(plan.steps, plan.done, outcome);
        if (!done)
            return false; // and waiting_ is still there where the lock is held elsewhere
        plan.of->holds = plan.reaches;
        waiting_.reset();
        return true;
    }

    /// The lists of all plans, one after the other: what shuts doors of one family stands before
    /// what opens doors of another.
    static std::vector<planned_step> in_order(const std::vector<plan_of_family>& plans) {
        std::vector<planned_step> steps;
        const auto append = [&](std::vector<step> family_plan::*list) {
            for (const auto& [of, plan] : plans)
                for (auto& s : plan->*list)
                    steps.push_back({of, std::move(s)});
        };
        append(&family_plan::prepare);
        for (const auto& [of, plan] : plans)
            if (plan->commit)
                steps.push_back({of, std::move(*plan->commit)});
        append(&family_plan::grow);
        append(&family_plan::shut);
        append(&family_plan::turn);
        append(&family_plan::open);
        append(&family_plan::shrink);
        append(&family_plan::finish);
        return steps;
    }

    /// From step `first` on. Whether all were done; after a failure but `busy` nothing is known of
    /// the kernel any more.
    bool carry_out(const std::vector<planned_step>& steps, std::size_t first,
                   ruleset::apply_outcome& outcome) {
        for (auto i = first; i < steps.size(); ++i) {
            auto& of = *steps[i].of;
            const auto& what = steps[i].what.what;
            if (auto done = perform(kernel_, of.now.fam, what, outcome); !done) {
                if (const auto* set = std::get_if<destroy_set>(&what);
                    set != nullptr && done.error().is(ruleset::dataplane_errc::kernel_refused)) {
                    of.now.note(set_stays{set->name}); // somebody else's rule uses it
                    continue;
                }
                outcome.failure = done.error();
                if (!done.error().is(ruleset::dataplane_errc::busy)) {
                    if (!steps[i].what.unit.empty())
                        outcome.refused_units.push_back(steps[i].what.unit);
                    forget();
                    return false;
                }
                if (waiting_)
                    waiting_->done = i;
                return false;
            }
            for (const auto& change : steps[i].what.means)
                of.now.note(change);
        }
        return true;
    }

    bool is_anything_untidy() const {
        return std::ranges::any_of(families_,
                                   [](const family_state& f) { return is_untidy(f.now); });
    }

    std::unique_ptr<kernel_port> owned_;
    kernel_port& kernel_;
    mark_bits bits_;
    bool known_ = false; // families_ is what the kernel holds
    std::vector<family_state> families_;
    std::optional<waiting_plan> waiting_;
};

} // namespace

std::unique_ptr<ruleset::dataplane> open_dataplane(options o) {
    return std::make_unique<iptables_dataplane>(open_live_kernel(std::move(o.xtables_lock)),
                                                o.mark_mask);
}

std::unique_ptr<ruleset::dataplane> open_memory_dataplane(std::uint32_t mark_mask) {
    return std::make_unique<iptables_dataplane>(std::make_unique<memory_kernel>(), mark_mask);
}

std::unique_ptr<ruleset::dataplane> dataplane_on(kernel_port& kernel, std::uint32_t mark_mask) {
    return std::make_unique<iptables_dataplane>(kernel, mark_mask);
}

} // namespace nodewall::netfilter::iptables
