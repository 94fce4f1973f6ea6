// Doors that are refused and are too many to be told one by one: those of Services over their
// budget (policy/door_budget.hpp), as two sets, of addresses and of ports. What is sent to one of
// the addresses and to one of the ports is refused, unless a door of its own decides. So the doors
// of two such Services may shut each other's ports; nobody else's addresses are in the sets.
#pragma once

#include "compiler/doors/door_holder.hpp"
#include "compiler/finding.hpp"
#include "compiler/layout/assembly.hpp"
#include "model/cluster_state.hpp"
#include "model/gate_settings.hpp"
#include "policy/door_budget.hpp"
#include "ruleset/unit.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace nodewall::compiler {

ruleset::set shut_addresses_of(model::family f);
ruleset::set shut_ports_of(model::family f);

/// The members of both sets, of both families, of these Services. Left out are the node's own
/// addresses, where a door is told by itself, and an address that the cluster or a load balancer
/// gave to a Service of another namespace.
std::vector<std::shared_ptr<const ruleset::unit>>
shut_members(const model::objects& objects,
             const std::map<model::object_key, std::string>& services,
             const model::gate_settings& s);

/// The Services over their budget, and what shuts their doors.
class shut_doors {
public:
    void count_all(const model::objects& objects, const model::gate_settings& s);
    /// Of a Service that changed: adds those that are over the budget now and were not, or the
    /// other way round.
    void count(const model::object_key& key, const model::objects& objects,
               const model::gate_settings& s, std::set<door_holder>& concerned);
    const policy::door_budget& budget() const { return budget_; }

    /// In place of what was put there before.
    void put_into(assembly& rules, const model::objects& objects, const model::gate_settings& s);
    void append_findings(std::vector<finding>& all) const;

private:
    policy::door_budget budget_;
    std::vector<std::string> units_; // of members, as they were put
};

} // namespace nodewall::compiler
