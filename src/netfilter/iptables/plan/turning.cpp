#include "netfilter/iptables/plan/turning.hpp"

#include "netfilter/iptables/plan/doors.hpp"
#include "netfilter/iptables/plan/in_place.hpp"
#include "netfilter/iptables/plan/on_the_way.hpp"
#include "netfilter/iptables/plan/ordering.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

class turning_plan {
public:
    turning_plan(const task& t, const difference& d, const fixed_part& fixed,
                 const std::set<turn>& waiting)
        : task_(t), difference_(d), fixed_(fixed), waiting_(waiting),
          forms_(t.now.fam, {t.to.get(), &t.from, &t.in_the_end}), instances_(t.now),
          slots_(t.now, [this](const std::string& set) { return instances_.name_of(set); }) {}

    result<family_plan> make() {
        choose_order();
        if (order_.anew.contains(every_pod_set(now().fam))) // rules ask it: they change too
            return plan_whole(task_, difference_, fixed_, now().table.two_steps);
        add_instances(task_, difference_, order_.anew, instances_);
        if (auto assigned = assign(); !assigned)
            return assigned.error();
        if (!missing_.empty() && order_.anew.empty() && !now().damaged && !difference_.fixed)
            if (auto first = without_waiting())
                return std::move(*first);
        return write();
    }

    /// For a ruleset on the way only: whether no set is needed anew and no slot is missing.
    std::optional<family_plan> make_simply() {
        choose_order();
        if (!order_.anew.empty())
            return std::nullopt;
        add_instances(task_, difference_, order_.anew, instances_);
        if (!assign() || !missing_.empty())
            return std::nullopt;
        auto plan = write();
        return plan ? std::optional(std::move(*plan)) : std::nullopt;
    }

private:
    const image& now() const { return task_.now; }

    // ---- which doors turn, and in which order memberships change ----

    void choose_order() {
        orderer find(now().fam, task_.from, *task_.to, difference_, forms_);
        std::set<std::string> anew;
        for (const auto& [set, change] : difference_.changed_sets)
            if (ruleset::purpose_of(set) == ruleset::purpose::blocks)
                anew.insert(set); // named by its content: somebody else changed it
        auto not_in_place = decisions_that_may_appear();
        for (;;) {
            choose_doors(anew, not_in_place);
            order_ = find.order(
                turns(anew), [this](bool all) { return staying(all); }, anew);
            const auto known = not_in_place.size();
            for (const auto& edit : in_place_)
                if (order_.sensitive.contains(edit.before))
                    not_in_place.insert(edit.before);
            if (order_.anew.size() == anew.size() && not_in_place.size() == known)
                return;
            anew = order_.anew;
        }
    }

    /// Where doors of two maps change that may be one to a packet, the one may come to light, or be
    /// hidden, in the middle of an edit.
    std::set<std::string> decisions_that_may_appear() const {
        std::map<std::pair<std::uint8_t, std::uint16_t>, std::vector<const door_change*>> ports;
        for (const auto& door : difference_.doors)
            ports[{door.at().at.proto, door.at().at.port}].push_back(&door);
        std::set<std::string> decisions;
        for (const auto& [port, doors] : ports) {
            const auto& map = doors.front()->at().map;
            const bool one_map = std::ranges::all_of(
                doors, [&map](const door_change* door) { return door->at().map == map; });
            if (!one_map)
                for (const auto* door : doors)
                    decisions.insert(door->decision_before());
        }
        return decisions;
    }

    void choose_doors(const std::set<std::string>& anew,
                      const std::set<std::string>& not_in_place) {
        in_place_ = edits_in_place(
            now(), difference_.doors, forms_, [&](const std::string& before, const auto& form) {
                return !not_in_place.contains(before) && !reads_any(form, anew);
            });
        std::set<std::string> edited;
        for (const auto& edit : in_place_)
            edited.insert(edit.before);
        turning_.clear();
        std::set<std::string> changed;
        for (const auto& door : difference_.doors) {
            changed.insert(door.door().name);
            if (!edited.contains(door.decision_before()))
                turning_.push_back(door);
        }
        if (anew.empty())
            return;
        for (const auto& u : task_.to->units()) {
            const auto* at = std::get_if<ruleset::entry>(&u->content);
            if (at == nullptr || u->fam != now().fam || changed.contains(u->name))
                continue;
            const auto* form = forms_.find(at->decision);
            if (form != nullptr && reads_any(*form, anew))
                turning_.push_back({u, u});
        }
    }

    static bool reads_any(const decision_form& form, const std::set<std::string>& sets) {
        return !sets.empty() && std::ranges::any_of(form.sources, [&](const source& from) {
            return std::ranges::any_of(from.sets,
                                       [&](const std::string& set) { return sets.contains(set); });
        });
    }

    std::set<turn> turns(const std::set<std::string>& anew) const {
        auto all = waiting_;
        for (const auto& door : turning_)
            for (auto& t : turns_of(door, now().fam, task_.from, *task_.to))
                if (t.before != t.after || !anew.empty())
                    all.insert(std::move(t));
        return all;
    }

    /// Decisions to which doors lead that do not turn.
    std::vector<std::string> staying(bool all) const {
        std::map<slot_number, std::size_t> leaving;
        for (const auto& door : turning_)
            if (const auto leads = now().entries.find(door.door().name);
                leads != now().entries.end())
                ++leaving[leads->second];
        std::vector<std::string> decisions;
        for (slot_number number = 1; number < now().slots.size(); ++number) {
            const auto& s = now().slots[number];
            if (s.form == nullptr || s.doors == 0 || (!all && s.form->only_admits()))
                continue;
            const auto left = leaving.find(number);
            if (left == leaving.end() || left->second < s.doors)
                decisions.push_back(s.decision);
        }
        return decisions;
    }

    // ---- slots ----

    /// Those first that shut a door.
    result<void> assign() {
        for (const bool shut : {true, false})
            for (const auto& door : turning_) {
                if (!door.after || (door.before == nullptr) != shut)
                    continue;
                const auto decision = door.decision_after();
                const auto* form = forms_.find(decision);
                if (form == nullptr)
                    return strange(forms_, decision);
                if (!slots_.assign(decision, *form) && asked_.insert(decision).second)
                    missing_.push_back(decision);
            }
        return {};
    }

    /// What can be done before the table has more slots; nothing where that is nothing, or would
    /// not be right for the doors that wait.
    std::optional<family_plan> without_waiting() {
        for (const auto& [set, change] : difference_.changed_sets)
            if (ruleset::purpose_of(set) == ruleset::purpose::exempt && !change.removed.empty())
                return std::nullopt; // who is exempt no more meets the doors that wait
        auto way = on_the_way(task_, turning_, asked_);
        const task t{.now = now(), .from = task_.from, .to = way.rules, .in_the_end = *task_.to};
        const auto d = differences_of(now().fam, task_.from, *way.rules);
        if (d.empty())
            return std::nullopt;
        return turning_plan(t, d, fixed_, way.waiting).make_simply();
    }

    // ---- steps ----

    result<family_plan> write() {
        family_plan plan;
        std::vector<image_change> with_commit;
        instances_.prepare(plan.prepare);
        if (!missing_.empty() || now().damaged || difference_.fixed) {
            const auto layout = lay_out(task_, missing_, forms_, now().table.two_steps, slots_);
            if (!layout && !now().table.two_steps)
                return plan_whole(task_, difference_, fixed_, true);
            if (!layout)
                return without_numbers(task_, missing_, forms_, true);
            const auto table =
                std::make_shared<const table_layout>(layout_with(now(), fixed_, instances_));
            create_slot_sets(now(), *table, *layout, plan.prepare);
            name_decisions(now(), slots_, plan.prepare);
            auto commit = commit_of(now(), table, *layout);
            if (!commit)
                return commit.error();
            plan.commit = std::move(*commit);
        }
        fill_slots(now(), slots_, plan, with_commit);
        if (plan.commit)
            plan.commit->means.insert(plan.commit->means.end(), with_commit.begin(),
                                      with_commit.end());
        change_members(order_.grow, plan.grow);
        for (const auto& edit : in_place_)
            append(plan.grow, edit.grow);
        turn_doors(now(), steps_of_doors(), plan);
        for (const auto& edit : in_place_)
            append(plan.shrink, edit.shrink);
        change_members(order_.shrink, plan.shrink);
        finish(difference_, instances_, plan);
        plan.reaches = task_.to;
        return plan;
    }

    static void append(std::vector<step>& all, const std::vector<step>& more) {
        all.insert(all.end(), more.begin(), more.end());
    }

    void change_members(const std::vector<members_change>& changes,
                        std::vector<step>& steps) const {
        for (const auto& change : changes) {
            const auto set = current_instance(now(), change.set);
            if (!set)
                continue;
            auto members = members_of_keys(change.set, change.keys);
            if (change.come)
                steps.push_back({.what = add_members{*set, std::move(members)},
                                 .means = {},
                                 .unit = unit_alone(now().fam, change.set)});
            else
                steps.push_back({.what = remove_members{*set, std::move(members)},
                                 .means = {},
                                 .unit = unit_alone(now().fam, change.set)});
        }
    }

    std::vector<door_step> steps_of_doors() const {
        std::vector<door_step> doors;
        for (const auto& door : turning_) {
            const auto* s = door.after ? slots_.find(door.decision_after()) : nullptr;
            const auto slot = s == nullptr ? 0 : s->slot;
            const auto leads = now().entries.find(door.door().name);
            if (slot == 0 || leads == now().entries.end() || leads->second != slot)
                doors.push_back({door, slot});
        }
        return doors;
    }

    const task& task_;
    const difference& difference_;
    const fixed_part& fixed_;
    const std::set<turn>& waiting_;
    decision_forms forms_;
    new_instances instances_;
    assignment slots_;
    ordering order_;
    std::vector<edit_in_place> in_place_;
    std::vector<door_change> turning_;
    std::set<std::string> asked_;
    std::vector<std::string> missing_;
};

} // namespace

result<family_plan> plan_turning(const task& t, const difference& d, const fixed_part& fixed) {
    const std::set<turn> nobody_waits;
    return turning_plan(t, d, fixed, nobody_waits).make();
}

} // namespace nodewall::netfilter::iptables
