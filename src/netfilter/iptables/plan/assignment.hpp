// Which slot each decision gets that a door turns to: one that holds it already, an empty one of
// its shape, or none yet.
#pragma once

#include "netfilter/iptables/layout/image.hpp"
#include "netfilter/iptables/plan/difference.hpp"
#include "netfilter/iptables/plan/step.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace nodewall::netfilter::iptables {

/// Decisions of some rulesets by their names, taken apart once.
class decision_forms {
public:
    decision_forms(model::family f, std::vector<const ruleset::ruleset*> rulesets)
        : family_(f), rulesets_(std::move(rulesets)) {}

    /// nullptr: none has it, or it is of a form that no compiler makes (failure() says which).
    const decision_form* find(const std::string& decision);
    const std::optional<error>& failure() const { return failure_; }

private:
    model::family family_;
    std::vector<const ruleset::ruleset*> rulesets_;
    std::map<std::string, std::unique_ptr<decision_form>> forms_;
    std::optional<error> failure_;
};

/// The slot of one decision.
struct assigned_slot {
    slot_number slot = 0;
    const decision_form* form = nullptr;
    std::vector<std::vector<std::string>> lists; // instances, for each source
    bool to_fill = true;                         // it does not hold the decision yet
};

class assignment {
public:
    using instance_of = std::function<std::string(const std::string& set)>;

    assignment(const image& i, instance_of instances)
        : image_(i), instance_of_(std::move(instances)) {}

    /// False: there is no empty slot of the shape.
    bool assign(const std::string& decision, const decision_form& form);
    /// Gives the decision a slot that is about to be laid out.
    void assign(const std::string& decision, const decision_form& form, slot_number slot);

    const assigned_slot* find(const std::string& decision) const;
    const std::map<std::string, assigned_slot>& all() const { return slots_; }

    /// The members that make an empty slot hold the decision.
    std::vector<step> fill(const assigned_slot& s) const;
    static slot_holds holds(const std::string& decision, const assigned_slot& s);

private:
    std::vector<std::vector<std::string>> lists_of(const decision_form& form) const;

    const image& image_;
    instance_of instance_of_;
    std::map<std::string, assigned_slot> slots_;
    std::map<shape, std::set<slot_number>> taken_;
};

/// As members of a set of nets.
std::vector<set_member> members_of_nets(const std::vector<model::cidr>& nets);

} // namespace nodewall::netfilter::iptables
