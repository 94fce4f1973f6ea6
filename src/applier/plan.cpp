// Why the order holds (SEMANTICS section 5).
//
// NW-DOORS asks one class of doors after the other; the first whose REFUSE holds the door decides.
// Of one connection and one class, let r say that the door is in REFUSE, a that the source is in
// ADMIT (only doors in REFUSE have admissions: a implies r), w what the classes asked later say:
//
//     refused = r ? not a : w
//
// From (r, a, w) to (r', a', w') the steps lead through the following, each equal to the verdict of
// `from` or to that of `to`:
//
//     ADMIT grows      r ? not (a or a') : w     a' implies r', so where a' admits, `to` does
//     REFUSE grows     where r' is new, a was not: not a', the verdict of `to`
//     later classes    r or r': no change; not a and not a' is refused by the one that has r, and
//                      a or a' admitted by the one that has it. Neither: w or w', by this proof
//     REFUSE shrinks   where r goes, w' already stands: the verdict of `to`
//     ADMIT shrinks    `to`
//
// So growth goes from the class asked first to the last, and shrinking the other way round. What is
// asked before all classes (NW-ALWAYS) or only admits further (NW-PODS) grows first and shrinks
// last. Within a step each member moves one way, so the verdict changes at most once.
//
// Tables commit in the middle. Chains that were not there, nor their sets, admitted everything; so
// do those that are removed. Where rules themselves change (another list of vital ports), the
// middle refuses at most what one side refuses by set and the other by rule: never more open than
// both. Sets with another meaning have another name, and those that go are destroyed whole after
// the commit, never emptied before it.
#include "applier/plan.hpp"

#include "model/layout.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>
#include <variant>

namespace nodewall::applier {

namespace {

namespace layout = model::layout;
using members = std::vector<model::set_member>;

members minus(const members& left, const members& right) {
    members rest;
    std::set_difference(left.begin(), left.end(), right.begin(), right.end(),
                        std::back_inserter(rest));
    return rest;
}

void append(members& all, const members& more) {
    all.insert(all.end(), more.begin(), more.end());
}

/// Where in the chains a set is asked: 0 before all doors, then the classes in NW-DOORS' order.
std::size_t level_of(const model::set_definition& set) {
    using enum layout::door_class;
    constexpr std::array asked{external, clusterip, nodeport};
    const auto at = std::find_if(asked.begin(), asked.end(), [&](layout::door_class c) {
        return layout::door_set(c, set.role, set.fam) == set;
    });
    return at == asked.end() ? 0 : static_cast<std::size_t>(at - asked.begin()) + 1;
}

/// What differs between two rulesets, gathered from the units that differ.
class difference {
public:
    difference(const model::ruleset& from, const model::ruleset& to) : to_(to) {
        for (const auto& [before, after] : model::unit_map::differences(from.units(), to.units()))
            compare(before.get(), after.get());
        forget_moved_members();
    }

    model::plan as_plan() const {
        auto changes = changes_in_order(); // outer first
        model::plan plan;
        for (const auto& set : created_)
            plan.steps.emplace_back(model::create_set{set});
        for (const auto* change : changes)
            if (!change->added.empty())
                plan.steps.emplace_back(model::add_members{*change->set, change->added});
        for (const auto f : model::families)
            if (chains_differ_[static_cast<std::size_t>(f)])
                plan.steps.emplace_back(model::commit_table{f, chains_of(f)});
        std::reverse(changes.begin(), changes.end());
        for (const auto* change : changes)
            if (!change->removed.empty())
                plan.steps.emplace_back(model::remove_members{*change->set, change->removed});
        for (const auto& set : destroyed_)
            plan.steps.emplace_back(model::destroy_set{set});
        return plan;
    }

private:
    struct set_change {
        const model::set_definition* set = nullptr;
        members added, removed;
    };

    void compare(const model::unit* before, const model::unit* after) {
        static const model::unit nothing;
        if (before && after && before->same_content(*after))
            return;
        const auto& old_unit = before ? *before : nothing;
        const auto& new_unit = after ? *after : nothing;
        const auto fam = (after ? after : before)->fam;
        if (old_unit.chain || new_unit.chain)
            chains_differ_[static_cast<std::size_t>(fam)] = true;
        if (new_unit.set && old_unit.set != new_unit.set)
            created_.push_back(*new_unit.set);
        if (old_unit.set && !new_unit.set)
            destroyed_.push_back(*old_unit.set);
        for (const auto& [set, list] : new_unit.members)
            if (auto* change = change_of(fam, set))
                append(change->added, minus(list, members_of(old_unit, set)));
        for (const auto& [set, list] : old_unit.members)
            if (auto* change = change_of(fam, set))
                append(change->removed, minus(list, members_of(new_unit, set)));
    }

    static const members& members_of(const model::unit& u, const std::string& set) {
        static const members none;
        const auto at = u.members.find(set);
        return at == u.members.end() ? none : at->second;
    }

    /// Null for a set that goes: it is destroyed whole.
    set_change* change_of(model::family fam, const std::string& set) {
        const auto [at, is_new] = changes_.try_emplace(set);
        if (is_new) {
            const auto* u = to_.units().find(layout::set_unit_name(fam, set));
            if (u != nullptr && u->set)
                at->second.set = &*u->set;
        }
        return at->second.set ? &at->second : nullptr;
    }

    /// A member that moved from one unit to another stays where it is in the kernel.
    void forget_moved_members() {
        for (auto& [name, change] : changes_) {
            std::sort(change.added.begin(), change.added.end());
            std::sort(change.removed.begin(), change.removed.end());
            auto added = minus(change.added, change.removed);
            change.removed = minus(change.removed, change.added);
            change.added = std::move(added);
        }
    }

    /// In the order of growth; of one class what admits before what refuses.
    std::vector<const set_change*> changes_in_order() const {
        std::vector<const set_change*> all;
        for (const auto& [name, change] : changes_)
            if (change.set)
                all.push_back(&change);
        std::stable_sort(all.begin(), all.end(), [](const auto* left, const auto* right) {
            return std::pair(level_of(*left->set), left->set->role) <
                   std::pair(level_of(*right->set), right->set->role);
        });
        return all;
    }

    std::vector<model::chain> chains_of(model::family fam) const {
        std::vector<model::chain> chains;
        for (const auto& u : to_.units())
            if (u->chain && u->fam == fam)
                chains.push_back(*u->chain);
        return chains;
    }

    const model::ruleset& to_;
    std::vector<model::set_definition> created_, destroyed_;
    std::map<std::string, set_change, std::less<>> changes_;
    std::array<bool, model::families.size()> chains_differ_{};
};

model::family family_of(const model::step& s) {
    return std::visit(
        [](const auto& one) {
            if constexpr (requires { one.fam; })
                return one.fam;
            else
                return one.set.fam;
        },
        s);
}

} // namespace

model::plan make_plan(const model::ruleset& from, const model::ruleset& to) {
    return difference(from, to).as_plan();
}

model::plan only_families(model::plan whole, const std::vector<model::family>& present) {
    std::erase_if(whole.steps, [&](const model::step& s) {
        return std::find(present.begin(), present.end(), family_of(s)) == present.end();
    });
    return whole;
}

} // namespace nodewall::applier
