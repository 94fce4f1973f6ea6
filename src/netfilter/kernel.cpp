#include "netfilter/kernel.hpp"

#include "applier/plan.hpp"
#include "netfilter/mangle_edit.hpp"
#include "netfilter/mangle_snapshot.hpp"
#include "netfilter/sets.hpp"
#include "netfilter/xtables_lock.hpp"

#include <cstdlib>

namespace nodewall::netfilter {

namespace {

/// The table is locked, so a commit that finds it changed means a program that ignores the lock.
constexpr unsigned commit_attempts_max = 8;

class kernel final : public model::dataplane {
public:
    explicit kernel(kernel_options options) : options_(std::move(options)) {}

    result<void> probe() override {
        for (const auto f : present_families()) {
            if (auto tables = probe_mangle(f); !tables)
                return tables;
            if (auto types = sets_.probe(f); !types)
                return types;
        }
        return {};
    }

    result<model::kernel_snapshot> read() override {
        auto found = sets_.read();
        if (!found)
            return found.error();
        set_ids ids;
        for (const auto& set : found->sets)
            if (auto known = look_up(ids, set.definition.name); !known)
                return known.error();
        model::kernel_snapshot snapshot{.tables = {}, .sets = std::move(found->sets)};
        for (const auto f : present_families()) {
            const auto table = take_snapshot(f, ids);
            if (!table)
                return table.error();
            snapshot.tables.push_back(describe(**table, f));
        }
        auto& remarks = snapshot.tables.front().remarks;
        remarks.insert(remarks.end(), found->remarks.begin(), found->remarks.end());
        return snapshot;
    }

    model::apply_outcome apply(const model::plan& p, std::size_t first) override {
        model::apply_outcome outcome{.steps_done = first};
        for (; outcome.steps_done < p.steps.size(); ++outcome.steps_done) {
            const auto done =
                std::visit([&](const auto& step) { return perform(step, outcome.commits); },
                           p.steps[outcome.steps_done]);
            if (!done) {
                outcome.failures.push_back(done.error());
                break;
            }
        }
        return outcome;
    }

private:
    static std::vector<model::family> present_families() {
        std::vector<model::family> present{model::family::ipv4};
        if (has_family(model::family::ipv6))
            present.push_back(model::family::ipv6);
        return present;
    }

    result<void> perform(const model::create_set& step, std::size_t&) {
        return sets_.create(step.set);
    }
    result<void> perform(const model::add_members& step, std::size_t&) {
        return sets_.add(step.set, step.members);
    }
    result<void> perform(const model::remove_members& step, std::size_t&) {
        return sets_.remove(step.set, step.members);
    }
    result<void> perform(const model::destroy_set& step, std::size_t&) {
        return sets_.destroy(step.set);
    }

    /// The lock is held from the snapshot to the commit: the kernel notices a foreign change in
    /// between only where it changed the number of rules.
    result<void> perform(const model::commit_table& step, std::size_t& commits) {
        const auto lock = xtables_lock::try_take(options_.xtables_lock);
        if (!lock)
            return lock.error();
        set_ids ids;
        for (const auto& chain : step.chains)
            for (const auto& rule : chain.rules)
                for (const auto& match : rule.sets)
                    if (auto known = look_up(ids, match.set); !known)
                        return known;
        for (unsigned attempt = 0; attempt < commit_attempts_max; ++attempt) {
            const auto table = take_snapshot(step.fam, ids);
            if (!table)
                return table.error();
            const auto edited = edit(**table, step.chains);
            if (!edited)
                return edited.error();
            if (!*edited)
                return {};
            const auto committed = (*table)->commit();
            if (!committed)
                return committed.error();
            if (*committed) {
                ++commits;
                return {};
            }
        }
        return error(model::dataplane_errc::kernel_refused,
                     "table mangle is being changed by a program that ignores the xtables lock");
    }

    kernel_options options_;
    sets sets_;
};

} // namespace

std::unique_ptr<model::dataplane> open_kernel(kernel_options options) {
    if (const char* file = std::getenv("XTABLES_LOCKFILE"); file != nullptr)
        options.xtables_lock = file;
    return std::make_unique<kernel>(std::move(options));
}

result<void> reset_kernel(model::dataplane& kernel) {
    const auto snapshot = kernel.read();
    if (!snapshot)
        return snapshot.error();
    const auto plan = applier::make_plan(applier::to_ruleset(*snapshot), {});
    const auto outcome = kernel.apply(plan);
    if (!outcome.failures.empty())
        return outcome.failures.front();
    return {};
}

} // namespace nodewall::netfilter
