#include "compiler/decisions/ingress.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace nodewall::compiler {

namespace {

outcome end_of(const model::tier& t, std::size_t next) {
    switch (t.at_end) {
    case model::tier_end::deny:
        return outcome::refuse();
    case model::tier_end::allow:
        return outcome::admit();
    case model::tier_end::next:
        break;
    }
    return outcome::pass(next);
}

/// What the rule does with those whom it means; `next` is the stage of the next tier.
outcome outcome_of(model::action a, std::size_t next) {
    switch (a) {
    case model::action::deny:
        return outcome::refuse();
    case model::action::pass:
        return outcome::pass(next);
    case model::action::allow:
    case model::action::log:
        break;
    }
    return outcome::admit();
}

/// Stands for the first stage of the next tier until that is known.
constexpr auto next_tier = std::numeric_limits<std::size_t>::max();

/// The stages of tiers, one rule after the other.
class stage_writer {
public:
    stage_writer(model::family f, rule_sources& sources_of) : family_(f), sources_of_(sources_of) {}

    void begin_tier(const model::tier& t) {
        end_tier();
        end_ = end_of(t, next_tier);
        stages_.push_back({.instructions = {}, .end = end_});
    }

    void add(sources who, outcome then) {
        stages_.back().instructions.push_back({std::move(who), then});
    }

    /// What must hold together is asked one after the other, in a stage each; whoever fails goes on
    /// to what stands behind the rule:
    ///
    ///     stage 0   ...                                   stage 1   {C} then
    ///               {not these} pass 2                              end: pass 2
    ///               {A} pass 1                            stage 2   the next rule
    ///               end: pass 2
    void add(const model::tier_rule& rule) {
        const auto then = outcome_of(rule.then, next_tier);
        if (rule.also.empty())
            return add(sources_of_.of(rule.who, family_), then);
        std::vector<const model::peers*> held;
        if (!rule.who.any)
            held.push_back(&rule.who);
        for (const auto& c : rule.also)
            if (!c.negated)
                held.push_back(&c.who);
        const auto behind = stages_.size() - 1 + std::max<std::size_t>(held.size(), 1);
        for (const auto& c : rule.also)
            if (c.negated)
                add(sources_of_.of(c.who, family_), outcome::pass(behind));
        if (held.empty())
            add(sources::everyone(family_), then);
        for (std::size_t i = 0; i < held.size(); ++i) {
            if (i > 0)
                stages_.emplace_back();
            const bool last = i + 1 == held.size();
            add(sources_of_.of(*held[i], family_), last ? then : outcome::pass(stages_.size()));
            stages_.back().end = outcome::pass(behind);
        }
        stages_.back().end = outcome::pass(behind);
        stages_.push_back({.instructions = {}, .end = end_});
    }

    program take() {
        end_tier();
        stages_.push_back({.instructions = {}, .end = outcome::admit()}); // behind the last tier
        return program(family_, std::move(stages_));
    }

private:
    void end_tier() {
        const auto resolve = [&](outcome& o) {
            if (o.what == outcome::kind::pass && o.stage == next_tier)
                o.stage = stages_.size();
        };
        for (; tier_begin_ < stages_.size(); ++tier_begin_) {
            for (auto& i : stages_[tier_begin_].instructions)
                resolve(i.then);
            resolve(stages_[tier_begin_].end);
        }
    }

    model::family family_;
    rule_sources& sources_of_;
    std::vector<stage> stages_;
    std::size_t tier_begin_ = 0;
    outcome end_; // of the tier
};

} // namespace

ingress_rules::ingress_rules(std::span<const model::policy* const> policies, model::protocol proto,
                             std::uint16_t port, const backend_pod& pod) {
    by_policy_.reserve(policies.size());
    for (const auto* policy : policies) {
        auto& rules = by_policy_.emplace_back(spoken{policy, {}}).rules;
        for (const auto& rule : policy->ingress)
            if (rule.then != model::action::log && rule.covers(proto, port, pod.content()) &&
                pod.is_meant_by(rule))
                rules.push_back(&rule);
    }
}

bool ingress_rules::admits_itself_first() const {
    const model::tier* before = nullptr;
    for (const auto& [policy, rules] : by_policy_) {
        if (before != nullptr && *before != policy->in && before->at_end != model::tier_end::next)
            return false;
        if (policy->admits_itself)
            return true;
        if (!rules.empty())
            return false;
        before = &policy->in;
    }
    return false;
}

program ingress_rules::to_program(const model::address_set& own, rule_sources& sources_of) const {
    stage_writer stages(own.fam(), sources_of);
    const model::tier* current = nullptr;
    for (const auto& [policy, rules] : by_policy_) {
        if (current == nullptr || *current != policy->in) {
            current = &policy->in;
            stages.begin_tier(*current);
        }
        if (policy->admits_itself) {
            sources itself(own.fam());
            itself.blocks = own;
            stages.add(std::move(itself), outcome::admit());
        }
        for (const auto* rule : rules)
            stages.add(*rule);
    }
    return stages.take();
}

} // namespace nodewall::compiler
