#include "memory_kernel.hpp"

#include <algorithm>
#include <utility>

namespace nodewall::test {

namespace {

error refused(const std::string& why) {
    return {model::dataplane_errc::kernel_refused, why};
}

} // namespace

memory_kernel::memory_kernel(std::vector<model::family> families) {
    for (const auto f : families)
        now.tables.push_back({.fam = f, .chains = {}, .remarks = {}});
}

result<model::kernel_snapshot> memory_kernel::read() {
    if (read_fails)
        return *std::exchange(read_fails, std::nullopt);
    return now;
}

model::apply_outcome memory_kernel::apply(const model::plan& p, std::size_t first) {
    model::apply_outcome outcome{.steps_done = first};
    for (; outcome.steps_done < p.steps.size(); ++outcome.steps_done) {
        const auto& step = p.steps[outcome.steps_done];
        if (apply_fails && apply_fails->step == outcome.steps_done) {
            outcome.failures.push_back(std::exchange(apply_fails, std::nullopt)->why);
            break;
        }
        const auto done = std::visit([&](const auto& s) { return perform(s); }, step);
        if (!done) {
            outcome.failures.push_back(done.error());
            break;
        }
        outcome.commits += std::holds_alternative<model::commit_table>(step) ? 1U : 0U;
    }
    return outcome;
}

result<void> memory_kernel::perform(const model::create_set& step) {
    if (const auto* present = find(step.set.name)) {
        if (present->definition == step.set)
            return {};
        return error(model::dataplane_errc::foreign, step.set.name);
    }
    now.sets.push_back({step.set, {}});
    return {};
}

result<void> memory_kernel::perform(const model::add_members& step) {
    auto* set = find(step.set.name);
    if (set == nullptr)
        return refused("no set " + step.set.name);
    for (const auto& member : step.members) {
        const auto at = std::lower_bound(set->members.begin(), set->members.end(), member);
        if (at == set->members.end() || *at != member)
            set->members.insert(at, member);
        changed();
    }
    return {};
}

result<void> memory_kernel::perform(const model::remove_members& step) {
    auto* set = find(step.set.name);
    if (set == nullptr)
        return refused("no set " + step.set.name);
    for (const auto& member : step.members) {
        std::erase(set->members, member);
        changed();
    }
    return {};
}

result<void> memory_kernel::perform(const model::commit_table& step) {
    for (const auto& chain : step.chains)
        for (const auto& rule : chain.rules)
            for (const auto& match : rule.sets)
                if (find(match.set) == nullptr)
                    return refused("no set " + match.set);
    for (auto& table : now.tables)
        if (table.fam == step.fam) {
            table.chains = step.chains;
            changed();
            return {};
        }
    return refused("no such family");
}

result<void> memory_kernel::perform(const model::destroy_set& step) {
    if (is_used(step.set.name))
        return refused("a rule uses " + step.set.name);
    std::erase_if(now.sets, [&](const auto& set) { return set.definition.name == step.set.name; });
    return {};
}

model::kernel_snapshot::set* memory_kernel::find(const std::string& name) {
    const auto at = std::find_if(now.sets.begin(), now.sets.end(),
                                 [&](const auto& set) { return set.definition.name == name; });
    return at == now.sets.end() ? nullptr : &*at;
}

bool memory_kernel::is_used(const std::string& set) const {
    for (const auto& table : now.tables)
        for (const auto& chain : table.chains)
            for (const auto& rule : chain.rules)
                for (const auto& match : rule.sets)
                    if (match.set == set)
                        return true;
    return false;
}

void memory_kernel::changed() const {
    if (on_change)
        on_change();
}

} // namespace nodewall::test
