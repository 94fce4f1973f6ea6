#include "netfilter/iptables/table/edit.hpp"

#include "ruleset/ruleset.hpp"

#include <fmt/core.h>

#include <map>
#include <set>

namespace nodewall::netfilter::iptables {

namespace {

class description {
public:
    description(table_snapshot& table, model::family f) : table_(table), family_(f) {}

    table_content make() {
        for (const auto& name : table_.chains()) {
            const auto rules = table_.rules(name);
            for (const auto& seen : rules)
                led_to_.insert(seen.target);
            if (is_ours(name))
                found_.chains.push_back(ours(name, rules));
            else if (table_.is_builtin(name))
                note_jumps(name, rules);
        }
        for (auto& chain : found_.chains)
            chain.hook = hook_of(chain.name);
        return std::move(found_);
    }

private:
    struct jump {
        std::string builtin;
        bool plain = false;
        std::optional<std::string> foreign; // target of a foreign rule that stands before it
    };

    template <class... Args> void remark(fmt::format_string<Args...> format, Args&&... args) {
        found_.remarks.push_back(fmt::format("{}: ", model::to_string(family_)) +
                                 fmt::format(format, std::forward<Args>(args)...));
    }

    xt_chain ours(const std::string& name, const std::vector<seen_rule>& rules) {
        xt_chain chain{.name = name, .rules = {}, .hook = {}};
        for (std::size_t i = 0; i < rules.size(); ++i) {
            if (!rules[i].rule)
                remark("rule {} of {} (target '{}') is not nodewall's", i + 1, name,
                       rules[i].target);
            else if (name == ruleset::chain_prerouting)
                note_foreign_marks(*rules[i].rule, rules[i].packets);
            chain.rules.push_back(rules[i].rule.value_or(xt_rule{.then = to_chain{"?"}}));
        }
        return chain;
    }

    /// The first rule that clears marks meets those that packets came with; the one behind the
    /// doors clears our own.
    void note_foreign_marks(const xt_rule& rule, std::uint64_t packets) {
        const auto* clears = std::get_if<set_mark>(&rule.then);
        if (clears == nullptr || clear_seen_)
            return;
        clear_seen_ = true;
        if (packets != 0)
            remark("{} packets arrived with a mark in {:#x}, which is nodewall's: another program "
                   "sets it",
                   packets, clears->mask);
    }

    void note_jumps(const std::string& builtin, const std::vector<seen_rule>& rules) {
        std::optional<std::string> foreign;
        for (const auto& seen : rules) {
            if (is_ours(seen.target))
                jumps_[seen.target].push_back(
                    {builtin, seen.rule == xt_rule{.then = to_chain{seen.target}}, foreign});
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

    table_snapshot& table_;
    model::family family_;
    table_content found_;
    std::map<std::string, std::vector<jump>> jumps_;
    std::set<std::string> led_to_;
    bool clear_seen_ = false;
};

} // namespace

table_content describe(table_snapshot& table, model::family f) {
    return description(table, f).make();
}

} // namespace nodewall::netfilter::iptables
