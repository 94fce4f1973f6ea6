#include "netfilter/iptables/kernel/memory_kernel.hpp"

#include "base/limits.hpp"
#include "ruleset/dataplane.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

error refused(const std::string& why) {
    return {ruleset::dataplane_errc::kernel_refused, why};
}

set_member key_of(set_member member) {
    member.mark = member.mask = 0;
    return member;
}

} // namespace

memory_kernel::memory_kernel(std::vector<model::family> families) {
    for (const auto f : families)
        tables[f];
}

result<kernel_content> memory_kernel::read() {
    if (read_fails)
        return *std::exchange(read_fails, std::nullopt);
    kernel_content content;
    for (const auto& [f, chains] : tables)
        content.tables.push_back({.fam = f, .content = {.chains = chains, .remarks = {}}});
    for (const auto& [name, set] : sets) {
        auto& found = content.sets.emplace_back(
            set_content{.definition = set.definition, .members = {}, .names = {}});
        for (const auto& [key, mark] : set.members) {
            auto member = key;
            std::tie(member.mark, member.mask) = mark;
            found.members.push_back(member);
        }
        found.names.assign(set.names.begin(), set.names.end());
    }
    return content;
}

result<void> memory_kernel::create(const set_definition& set) {
    if (auto allowed = may("create " + set.name); !allowed)
        return allowed;
    const auto [at, is_new] = sets.try_emplace(set.name, kernel_set{set, {}, {}});
    if (!is_new && at->second.definition != set)
        return error(ruleset::dataplane_errc::foreign, set.name);
    at->second.members.clear();
    at->second.names.clear();
    return {};
}

result<void> memory_kernel::destroy(const std::string& set) {
    if (auto allowed = may("destroy " + set); !allowed)
        return allowed;
    if (is_used(set))
        return refused("a rule or a list uses " + set);
    sets.erase(set);
    return {};
}

result<void> memory_kernel::flush(const std::string& set) {
    const auto found = find(set, "flush ");
    if (!found)
        return found.error();
    (*found)->members.clear();
    (*found)->names.clear();
    changed();
    return {};
}

result<void> memory_kernel::add(const set_definition& set, const std::vector<set_member>& members) {
    const auto found = find(set.name, "add to ");
    if (!found)
        return found.error();
    if ((*found)->definition != set)
        return refused(set.name + " is another set");
    for (const auto& member : members) {
        (*found)->members.insert_or_assign(key_of(member), std::pair(member.mark, member.mask));
        if ((*found)->members.size() > limits::kernel_set_members_max)
            return refused("set " + set.name + " is full");
        changed();
    }
    return {};
}

result<void> memory_kernel::remove(const set_definition& set,
                                   const std::vector<set_member>& members) {
    const auto found = find(set.name, "remove from ");
    if (!found)
        return found.error();
    for (const auto& member : members) {
        (*found)->members.erase(key_of(member));
        changed();
    }
    return {};
}

result<void> memory_kernel::add(const set_definition& list, const std::vector<std::string>& names) {
    const auto found = find(list.name, "add to ");
    if (!found)
        return found.error();
    for (const auto& name : names) {
        const auto member = sets.find(name);
        if (member == sets.end() || member->second.definition.type == set_type::list_set)
            return refused("list " + list.name + " cannot hold " + name);
        (*found)->names.insert(name);
        changed();
    }
    return {};
}

result<bool> memory_kernel::commit(model::family f, const std::vector<xt_chain>& chains) {
    if (auto allowed = may("commit " + std::string(model::to_string(f))); !allowed)
        return allowed.error();
    const auto table = tables.find(f);
    if (table == tables.end())
        return refused("no such family");
    std::set<std::string_view> names;
    for (const auto& chain : chains)
        names.insert(chain.name);
    for (const auto& chain : chains)
        for (const auto& rule : chain.rules) {
            for (const auto set : sets_of(rule))
                if (!sets.contains(set))
                    return refused("no set " + std::string(set));
            if (const auto to = chain_of(rule); !to.empty() && !names.contains(to))
                return refused("no chain " + std::string(to));
        }
    auto wanted = chains;
    std::ranges::sort(wanted, {}, &xt_chain::name);
    if (table->second == wanted)
        return false;
    table->second = std::move(wanted);
    changed();
    return true;
}

result<memory_kernel::kernel_set*> memory_kernel::find(const std::string& set, const char* act) {
    if (auto allowed = may(act + set); !allowed)
        return allowed.error();
    const auto at = sets.find(set);
    if (at == sets.end())
        return refused("no set " + set);
    return &at->second;
}

bool memory_kernel::is_used(const std::string& set) const {
    for (const auto& [f, chains] : tables)
        for (const auto& chain : chains)
            for (const auto& rule : chain.rules)
                if (const auto used = sets_of(rule);
                    std::ranges::find(used, std::string_view(set)) != used.end())
                    return true;
    return std::ranges::any_of(sets,
                               [&](const auto& other) { return other.second.names.contains(set); });
}

result<void> memory_kernel::may(const std::string& act) const {
    if (before_act)
        if (const auto why = before_act(act))
            return *why;
    return {};
}

void memory_kernel::changed() const {
    if (on_change)
        on_change();
}

} // namespace nodewall::netfilter::iptables
