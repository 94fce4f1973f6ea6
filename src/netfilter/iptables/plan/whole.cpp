// Everything turns with a commit: when nothing of ours stands, or the fixed chains change together
// with something else, or a mark's bits do not tell the slots apart any more.
#include "netfilter/iptables/layout/pages.hpp"
#include "netfilter/iptables/plan/attempt.hpp"
#include "netfilter/iptables/plan/doors.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

class whole_plan {
public:
    whole_plan(const task& t, const difference& d, const fixed_part& fixed, bool two_steps)
        : task_(t), difference_(d), fixed_(fixed), two_steps_(two_steps),
          forms_(t.now.fam, {t.to.get()}), instances_(t.now),
          slots_(t.now, [this](const std::string& set) { return instances_.name_of(set); }) {
        for (const auto& [set, change] : d.changed_sets)
            anew_.insert(set);
        add_instances(t, d, anew_, instances_);
    }

    result<family_plan> make() {
        if (auto assigned = assign(); !assigned)
            return assigned.error();
        const auto layout = lay_out(task_, missing_, forms_, two_steps_, slots_);
        if (!layout && !two_steps_)
            return plan_whole(task_, difference_, fixed_, true);
        if (!layout)
            return without_numbers(task_, missing_, forms_, true);
        family_plan plan;
        const auto table = new_table(*layout);
        instances_.prepare(plan.prepare);
        create_slot_sets(task_.now, *table, *layout, plan.prepare);
        name_decisions(task_.now, slots_, plan.prepare);
        std::vector<image_change> with_commit;
        fill_slots(task_.now, slots_, plan, with_commit);
        fill_doors(*table, plan, with_commit);
        auto commit = commit_of(task_.now, table, *layout);
        if (!commit)
            return commit.error();
        commit->means.insert(commit->means.end(), with_commit.begin(), with_commit.end());
        plan.commit = std::move(*commit);
        finish(difference_, instances_, plan);
        plan.reaches = task_.to;
        return plan;
    }

private:
    const image& now() const { return task_.now; }

    /// A decision keeps its slot unless that is to read another instance of a set.
    result<void> assign() {
        for (const auto& u : task_.to->units()) {
            const auto* at = std::get_if<ruleset::entry>(&u->content);
            if (at == nullptr || u->fam != now().fam)
                continue;
            doors_.push_back(u);
            const auto* form = forms_.find(at->decision);
            if (form == nullptr)
                return strange(forms_, at->decision);
            if (!slots_.assign(at->decision, *form) && asked_.insert(at->decision).second)
                missing_.push_back(at->decision);
        }
        return {};
    }

    /// The maps' names are such that none of them stands.
    std::shared_ptr<const table_layout> new_table(const slot_layout& layout) const {
        auto t = layout_with(now(), fixed_, instances_);
        t.two_steps = two_steps_;
        std::set<std::string> standing;
        if (!now().table.fixed.empty())
            for (const auto& set :
                 now().map_sets(now().table, static_cast<slot_number>(now().slots.size() - 1)))
                standing.insert(set.name);
        t.generation = 0;
        const auto stands = [&] {
            return std::ranges::any_of(
                now().map_sets(t, layout.highest()), [&](const set_definition& set) {
                    return standing.contains(set.name) || now().is_left_over(set.name);
                });
        };
        while (stands())
            ++t.generation;
        return std::make_shared<const table_layout>(std::move(t));
    }

    void fill_doors(const table_layout& t, family_plan& plan,
                    std::vector<image_change>& with_commit) const {
        std::vector<std::pair<const ruleset::unit*, slot_number>> members;
        for (const auto& u : doors_) {
            const auto& decision = std::get<ruleset::entry>(u->content).decision;
            const auto slot = slots_.find(decision)->slot;
            members.emplace_back(u.get(), slot);
            const auto leads = now().entries.find(u->name);
            if (leads == now().entries.end() || leads->second != slot)
                with_commit.emplace_back(door_leads{u, slot});
        }
        for (const auto& door : difference_.doors)
            if (!door.after)
                with_commit.emplace_back(door_leads{door.before, 0});
        std::ranges::move(fill_maps(now(), t, members), std::back_inserter(plan.prepare));
    }

    const task& task_;
    const difference& difference_;
    const fixed_part& fixed_;
    bool two_steps_;
    std::set<std::string> anew_;
    decision_forms forms_;
    new_instances instances_;
    assignment slots_;
    std::vector<std::shared_ptr<const ruleset::unit>> doors_;
    std::set<std::string> asked_;
    std::vector<std::string> missing_;
};

} // namespace

result<family_plan> plan_whole(const task& t, const difference& d, const fixed_part& fixed,
                               bool two_steps) {
    return whole_plan(t, d, fixed, two_steps).make();
}

} // namespace nodewall::netfilter::iptables
