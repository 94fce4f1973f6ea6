#include "policy/budget.hpp"

#include "base/limits.hpp"
#include "base/sort_unique.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <utility>

namespace nodewall::policy {

namespace {

enum class part : std::uint8_t { blocks, selectors, wide, rules, ports };

struct bound {
    part what;
    std::size_t of_object, of_namespace;
    std::string_view name, advice;
};
constexpr std::array bounds{
    bound{part::blocks, limits::object_blocks_max, limits::namespace_blocks_max,
          "blocks of addresses, where exceptions are taken out", "write fewer or wider exceptions"},
    bound{part::selectors, limits::object_selectors_max, limits::namespace_selectors_max,
          "different selectors of pods", "give the pods that are meant a label in common"},
    bound{part::wide, limits::object_selectors_max, limits::namespace_wide_selectors_max,
          "different selectors that reach into other namespaces",
          "give the namespaces that are meant a label in common"},
    bound{part::rules, limits::object_rules_max, limits::namespace_rules_max, "rules",
          "write rules of equal ports as one"},
    bound{part::ports, limits::object_rule_ports_max, limits::namespace_rule_ports_max,
          "ports of rules", "write ranges of ports (endPort)"},
};

std::size_t amount(const cost& c, part what) {
    switch (what) {
    case part::blocks:
        return c.blocks;
    case part::selectors:
        return c.selectors.size();
    case part::wide:
        return c.wide.size();
    case part::rules:
        return c.rules;
    case part::ports:
        break;
    }
    return c.ports;
}

void add(const model::peers& who, cost& c) {
    for (const auto& each : who.blocks)
        c.blocks += each.except.empty()
                        ? 1
                        : model::address_set::of(each.block.fam(), std::vector{each}).block_count();
    for (const auto& query : who.pods) {
        const auto hash = std::hash<std::string>{}(query.identity());
        c.selectors.push_back(hash);
        if (query.namespaces)
            c.wide.push_back(hash);
    }
}

} // namespace

cost cost_of(const model::policy& policy) {
    cost c;
    for (const auto* rules : {&policy.ingress, &policy.egress})
        for (const auto& rule : *rules) {
            ++c.rules;
            c.ports += rule.ports.size() + rule.not_ports.size();
            add(rule.who, c);
            for (const auto* conditions : {&rule.also, &rule.subject})
                for (const auto& condition : *conditions)
                    add(condition.who, c);
        }
    sort_unique(c.selectors);
    sort_unique(c.wide);
    return c;
}

std::string over_object_budget(const cost& c) {
    for (const auto& b : bounds)
        if (amount(c, b.what) > b.of_object)
            return fmt::format("refuses everyone: it has {} {}, over the budget of {} for one "
                               "object: {}, or split it",
                               amount(c, b.what), b.name, b.of_object, b.advice);
    return {};
}

void refuse_everyone(model::policy& policy, std::string why) {
    for (auto* rules : {&policy.ingress, &policy.egress}) {
        const bool only_admits = std::ranges::all_of(*rules, [](const model::tier_rule& rule) {
            return rule.then == model::action::allow || rule.then == model::action::log;
        });
        rules->clear();
        if (only_admits && policy.in.at_end == model::tier_end::deny)
            continue;
        model::tier_rule all{.then = model::action::deny, .who = {}, .ports = {}};
        all.who.any = all.any_port = true;
        rules->push_back(std::move(all));
    }
    policy.over_budget = std::move(why);
}

void namespace_budget::sums::add(const cost& c) {
    blocks += c.blocks;
    rules += c.rules;
    ports += c.ports;
    for (const auto each : c.selectors)
        ++selectors[each];
    for (const auto each : c.wide)
        ++wide[each];
}

void namespace_budget::sums::take_away(const cost& c) {
    blocks -= c.blocks;
    rules -= c.rules;
    ports -= c.ports;
    const auto take = [](auto& from, const std::vector<std::uint64_t>& those) {
        for (const auto each : those)
            if (const auto at = from.find(each); --at->second == 0)
                from.erase(at);
    };
    take(selectors, c.selectors);
    take(wide, c.wide);
}

std::string namespace_budget::excess(const sums& taken, const cost& more,
                                     std::string_view namespace_) {
    const auto fresh = [](const auto& known, const std::vector<std::uint64_t>& those) {
        return static_cast<std::size_t>(std::ranges::count_if(
            those, [&](std::uint64_t each) { return !known.contains(each); }));
    };
    const auto together = [&](part what) {
        switch (what) {
        case part::blocks:
            return taken.blocks + more.blocks;
        case part::selectors:
            return taken.selectors.size() + fresh(taken.selectors, more.selectors);
        case part::wide:
            return taken.wide.size() + fresh(taken.wide, more.wide);
        case part::rules:
            return taken.rules + more.rules;
        case part::ports:
            break;
        }
        return taken.ports + more.ports;
    };
    for (const auto& b : bounds)
        if (together(b.what) > b.of_namespace)
            return fmt::format("refuses everyone: its {} {} do not fit beside those of the other "
                               "policies of namespace {}, which has a budget of {}: {}, or remove "
                               "policies",
                               amount(more, b.what), b.name, namespace_, b.of_namespace, b.advice);
    return {};
}

void namespace_budget::put(const model::policy_id& id, const cost& c) {
    erase(id);
    costs_.emplace(id, c);
    sum_.add(c);
}

void namespace_budget::erase(const model::policy_id& id) {
    const auto at = costs_.find(id);
    if (at == costs_.end())
        return;
    sum_.take_away(at->second);
    costs_.erase(at);
}

std::map<model::policy_id, std::string> namespace_budget::over() const {
    std::map<model::policy_id, std::string> refused;
    if (excess(sum_, {}, {}).empty())
        return refused;
    sums taken;
    for (const auto& [id, c] : costs_) {
        auto why = excess(taken, c, id.key.namespace_);
        if (why.empty())
            taken.add(c);
        else
            refused.emplace(id, std::move(why));
    }
    return refused;
}

} // namespace nodewall::policy
