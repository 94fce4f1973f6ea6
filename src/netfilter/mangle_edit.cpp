#include "netfilter/mangle_edit.hpp"

#include "model/layout.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

namespace nodewall::netfilter {

namespace {

bool is_ours(std::string_view name) {
    return name.starts_with(model::layout::prefix);
}

model::rule jump_to(const std::string& chain) {
    return {.then = model::verdict::jump, .chain = chain};
}

/// Carries out edits until one fails, and knows whether there was any.
class editor {
public:
    explicit editor(mangle_snapshot& table) : table_(table) {}

    result<bool> make(const std::vector<model::chain>& wanted) {
        const auto present = table_.chains();
        for (const auto& chain : wanted)
            if (std::find(present.begin(), present.end(), chain.name) == present.end())
                done(table_.create_chain(chain.name));
        for (const auto& chain : wanted)
            if (ok())
                edit_rules(chain);
        for (const auto& name : present)
            if (ok() && table_.is_builtin(name))
                edit_jumps(name, wanted);
        remove_others(present, wanted);
        if (!ok())
            return outcome_.error();
        return edited_;
    }

private:
    bool ok() const { return outcome_.has_value(); }

    void done(result<void> edit) {
        edited_ = true;
        if (ok())
            outcome_ = std::move(edit);
    }

    /// Keeps the rules that stand in both in the same order.
    void edit_rules(const model::chain& wanted) {
        const auto present = table_.rules(wanted.name);
        std::size_t position = 0;
        auto rest = present.begin();
        const auto erase_until = [&](auto end) {
            for (; rest != end && ok(); ++rest)
                done(table_.erase(wanted.name, position));
        };
        for (const auto& rule : wanted.rules) {
            const auto same = std::find_if(
                rest, present.end(), [&](const seen_rule& seen) { return seen.rule == rule; });
            if (same != present.end()) {
                erase_until(same);
                ++rest;
            } else if (ok()) {
                done(table_.insert(wanted.name, position, rule));
            }
            ++position;
        }
        erase_until(present.end());
    }

    void edit_jumps(const std::string& builtin, const std::vector<model::chain>& wanted) {
        std::set<std::string> missing;
        for (const auto& chain : wanted)
            if (chain.hook == builtin)
                missing.insert(chain.name);
        std::size_t position = 0;
        for (const auto& seen : table_.rules(builtin)) {
            const bool stays = !is_ours(seen.target) || (seen.rule == jump_to(seen.target) &&
                                                         missing.erase(seen.target) != 0);
            if (stays)
                ++position;
            else if (ok())
                done(table_.erase(builtin, position));
        }
        for (auto chain = missing.rbegin(); chain != missing.rend() && ok(); ++chain)
            done(table_.insert(builtin, 0, jump_to(*chain)));
    }

    /// Flushed first, because they may lead to each other.
    void remove_others(std::vector<std::string> present, const std::vector<model::chain>& wanted) {
        std::erase_if(present, [&](const std::string& name) {
            return !is_ours(name) ||
                   std::any_of(wanted.begin(), wanted.end(),
                               [&](const model::chain& chain) { return chain.name == name; });
        });
        for (const auto& name : present)
            if (ok())
                done(table_.flush_chain(name));
        for (const auto& name : present)
            if (ok())
                done(table_.delete_chain(name));
    }

    mangle_snapshot& table_;
    result<void> outcome_;
    bool edited_ = false;
};

class description {
public:
    description(mangle_snapshot& table, model::family f) : table_(table), family_(f) {}

    model::kernel_snapshot::table make() {
        model::kernel_snapshot::table found{.fam = family_, .chains = {}, .remarks = {}};
        for (const auto& name : table_.chains()) {
            const auto rules = table_.rules(name);
            for (const auto& seen : rules)
                led_to_.insert(seen.target);
            if (is_ours(name))
                found.chains.push_back(ours(name, rules));
            else if (table_.is_builtin(name))
                note_jumps(name, rules);
        }
        for (auto& chain : found.chains)
            chain.hook = hook_of(chain.name);
        found.remarks = std::move(remarks_);
        return found;
    }

private:
    struct jump {
        std::string builtin;
        bool plain = false;
        std::optional<std::string> foreign; // target of a foreign rule that stands before it
    };

    template <class... Args> void remark(fmt::format_string<Args...> format, Args&&... args) {
        remarks_.push_back(fmt::format("{}: ", model::to_string(family_)) +
                           fmt::format(format, std::forward<Args>(args)...));
    }

    model::chain ours(const std::string& name, const std::vector<seen_rule>& rules) {
        model::chain chain{.name = name, .rules = {}, .hook = {}};
        for (std::size_t i = 0; i < rules.size(); ++i) {
            if (!rules[i].rule)
                remark("rule {} of {} (target '{}') is not nodewall's", i + 1, name,
                       rules[i].target);
            chain.rules.push_back(rules[i].rule.value_or(jump_to("?")));
        }
        return chain;
    }

    void note_jumps(const std::string& builtin, const std::vector<seen_rule>& rules) {
        std::optional<std::string> foreign;
        for (const auto& seen : rules) {
            if (is_ours(seen.target))
                jumps_[seen.target].push_back(
                    {builtin, seen.rule == jump_to(seen.target), foreign});
            else if (!foreign)
                foreign = seen.target;
        }
    }

    std::string hook_of(const std::string& chain) {
        const auto& jumps = jumps_[chain];
        if (jumps.size() == 1 && jumps.front().plain) {
            const auto& only = jumps.front();
            if (only.foreign)
                remark("the jump to {} is not the first rule of {}: one with target '{}' stands "
                       "before it",
                       chain, only.builtin, *only.foreign);
            return only.builtin;
        }
        if (!jumps.empty())
            remark("{} jumps to {}, or one with conditions", jumps.size(), chain);
        else if (!led_to_.contains(chain))
            remark("no rule leads to {}", chain);
        return {};
    }

    mangle_snapshot& table_;
    model::family family_;
    std::map<std::string, std::vector<jump>> jumps_;
    std::set<std::string> led_to_;
    std::vector<std::string> remarks_;
};

} // namespace

model::kernel_snapshot::table describe(mangle_snapshot& table, model::family f) {
    return description(table, f).make();
}

result<bool> edit(mangle_snapshot& table, const std::vector<model::chain>& chains) {
    return editor(table).make(chains);
}

} // namespace nodewall::netfilter
