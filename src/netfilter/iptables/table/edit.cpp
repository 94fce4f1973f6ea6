#include "netfilter/iptables/table/edit.hpp"

#include "ruleset/ruleset.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_set>

namespace nodewall::netfilter::iptables {

namespace {

xt_rule jump_to(const std::string& chain) {
    return {.then = to_chain{chain}};
}

/// Carries out edits until one fails, and knows whether there was any.
class editor {
public:
    explicit editor(table_snapshot& table) : table_(table) {}

    result<bool> make(const std::vector<xt_chain>& wanted) {
        const auto present = table_.chains();
        const std::unordered_set<std::string> present_names(present.begin(), present.end());
        for (const auto& chain : wanted)
            if (!present_names.contains(chain.name))
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
    void edit_rules(const xt_chain& wanted) {
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

    void edit_jumps(const std::string& builtin, const std::vector<xt_chain>& wanted) {
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
    void remove_others(std::vector<std::string> present, const std::vector<xt_chain>& wanted) {
        std::unordered_set<std::string_view> kept;
        for (const auto& chain : wanted)
            kept.insert(chain.name);
        std::erase_if(present, [&](const std::string& name) {
            return !is_ours(name) || kept.contains(name);
        });
        for (const auto& name : present)
            if (ok())
                done(table_.flush_chain(name));
        for (const auto& name : present)
            if (ok())
                done(table_.delete_chain(name));
    }

    table_snapshot& table_;
    result<void> outcome_;
    bool edited_ = false;
};

} // namespace

result<bool> edit(table_snapshot& table, const std::vector<xt_chain>& chains) {
    return editor(table).make(chains);
}

} // namespace nodewall::netfilter::iptables
