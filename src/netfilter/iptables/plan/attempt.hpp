// One attempt at a plan: what both ways of planning need (planner.hpp).
#pragma once

#include "netfilter/iptables/layout/image.hpp"
#include "netfilter/iptables/plan/assignment.hpp"
#include "netfilter/iptables/plan/difference.hpp"
#include "netfilter/iptables/plan/growth.hpp"
#include "netfilter/iptables/plan/instances.hpp"
#include "netfilter/iptables/plan/step.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace nodewall::netfilter::iptables {

using shared_ruleset = std::shared_ptr<const ruleset::ruleset>;

struct task {
    const image& now;
    const ruleset::ruleset& from; // what the image stands for
    shared_ruleset to;
    const ruleset::ruleset& in_the_end; // `to`, or what it is on the way to
};

/// Everything turns with a commit of the table. `two_steps`: dispatch by pages.
result<family_plan> plan_whole(const task& t, const difference& d, const fixed_part& fixed,
                               bool two_steps);
/// No chain of ours any more.
family_plan plan_removal(const task& t);

/// Adds the sets that are new, and those that get new instances (`anew`).
void add_instances(const task& t, const difference& d, const std::set<std::string>& anew,
                   new_instances& instances);
/// ... makes them current at the end of the plan, and forgets those that go.
void finish(const difference& d, const new_instances& instances, family_plan& plan);

/// The table's layout with these fixed chains; the rest as it is.
table_layout layout_with(const image& i, const fixed_part& fixed, const new_instances& instances);

/// Numbers for decisions that have no slot yet, and room for the shapes that NetworkPolicies alone
/// come to. Nothing where there are not so many numbers.
std::optional<slot_layout> lay_out(const task& t, const std::vector<std::string>& missing,
                                   decision_forms& forms, bool two_steps, assignment& slots);
/// Fills every slot that is to be filled. What the ones say that are laid out already becomes true
/// with the steps, what the new ones say with the commit.
void fill_slots(const image& i, const assignment& slots, family_plan& plan,
                std::vector<image_change>& with_commit);

/// Names the decision for each step that creates a set of a slot which one is about to get.
void name_decisions(const image& i, const assignment& slots, std::vector<step>& steps);

/// A plan of nothing: it names those of the missing decisions that find no number, of the
/// namespaces whose doors wait for most of them.
family_plan without_numbers(const task& t, const std::vector<std::string>& missing,
                            decision_forms& forms, bool two_steps);
error too_many(const image& i);
error strange(const decision_forms& forms, const std::string& decision);

} // namespace nodewall::netfilter::iptables
