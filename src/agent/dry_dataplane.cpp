#include "agent/dry_dataplane.hpp"

#include <algorithm>
#include <iterator>

namespace nodewall::agent {

result<model::kernel_snapshot> dry_dataplane::read() {
    model::kernel_snapshot snapshot;
    for (const auto f : model::families)
        snapshot.tables.push_back({f, tables_[f], {}});
    for (const auto& [name, set] : sets_)
        snapshot.sets.push_back(set);
    return snapshot;
}

model::apply_outcome dry_dataplane::apply(const model::plan& p, std::size_t first) {
    model::apply_outcome outcome;
    outcome.steps_done = first;
    for (; outcome.steps_done < p.steps.size(); ++outcome.steps_done) {
        const auto& step = p.steps[outcome.steps_done];
        std::visit([this](const auto& s) { perform(s); }, step);
        outcome.commits += std::holds_alternative<model::commit_table>(step) ? 1 : 0;
    }
    return outcome;
}

void dry_dataplane::perform(const model::create_set& s) {
    sets_.try_emplace(s.set.name, model::kernel_snapshot::set{s.set, {}});
}

void dry_dataplane::perform(const model::add_members& s) {
    auto& members = sets_[s.set.name].members;
    std::vector<model::set_member> all;
    std::set_union(members.begin(), members.end(), s.members.begin(), s.members.end(),
                   std::back_inserter(all));
    members = std::move(all);
}

void dry_dataplane::perform(const model::remove_members& s) {
    auto& members = sets_[s.set.name].members;
    std::vector<model::set_member> rest;
    std::set_difference(members.begin(), members.end(), s.members.begin(), s.members.end(),
                        std::back_inserter(rest));
    members = std::move(rest);
}

void dry_dataplane::perform(const model::commit_table& s) {
    tables_[s.fam] = s.chains;
}

void dry_dataplane::perform(const model::destroy_set& s) {
    sets_.erase(s.set.name);
}

} // namespace nodewall::agent
