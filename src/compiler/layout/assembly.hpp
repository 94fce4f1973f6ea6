// The ruleset in the making: which doors are shut by which decisions, and whatever these need. A
// decision is there while a door has it, a peer set while a decision reads it.
#pragma once

#include "compiler/decisions/program.hpp"
#include "model/front_door.hpp"
#include "ruleset/ruleset.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nodewall::compiler {

class assembly {
public:
    /// Adds a unit that stays.
    void put(std::shared_ptr<const ruleset::unit> u) { rules_.put(std::move(u)); }

    /// Takes out a unit that put() added.
    void take_out(std::string_view unit) { rules_.erase(unit); }

    void shut(const model::front_door& door, const program& decision,
              std::vector<ruleset::cause> causes);
    void open(const model::front_door& door);

    /// Sets that came into use since the last call, and those that fell out of use; in no order
    /// that means anything.
    struct usage_changes {
        std::set<shared_peer_set> begun, ended;
    };
    usage_changes take_usage_changes();
    std::size_t decision_count() const { return decisions_.size(); }
    bool uses(const shared_peer_set& set) const { return uses_of_set_.contains(set); }

    /// The members of a part of a peer set; no unit where there are none.
    void put_members(const peer_set& set, std::vector<ruleset::key> keys, const model::cidr& block);
    /// Takes out the set's unit and those of its members.
    void erase_set(const peer_set& set);

    const ruleset::ruleset& rules() const { return rules_; }

private:
    struct used_decision {
        std::size_t doors = 0;
        std::vector<shared_peer_set> sets;
    };
    void release(const std::string& decision);

    ruleset::ruleset rules_;
    std::map<model::front_door, std::string> decision_of_;
    std::map<std::string, used_decision> decisions_;     // by unit name
    std::map<shared_peer_set, std::size_t> uses_of_set_; // by decisions
    std::map<std::string, std::set<model::cidr>> parts_; // of sets that have units of members
    usage_changes changes_;
};

} // namespace nodewall::compiler
