// What of one family differs between two rulesets. Costs what differs.
#pragma once

#include "ruleset/ruleset.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace nodewall::netfilter::iptables {

struct door_change {
    std::shared_ptr<const ruleset::unit> before, after; // one of them may be nullptr

    const ruleset::unit& door() const { return after ? *after : *before; }
    const ruleset::entry& at() const { return std::get<ruleset::entry>(door().content); }
    /// Names of decisions; empty: the door is open.
    std::string decision_before() const { return decision_of(before); }
    std::string decision_after() const { return decision_of(after); }

private:
    static std::string decision_of(const std::shared_ptr<const ruleset::unit>& u) {
        return u ? std::get<ruleset::entry>(u->content).decision : std::string{};
    }
};

struct set_change {
    std::vector<ruleset::key> added, removed;
};

struct difference {
    bool fixed = false; // a fixed chain or the list of dispatch maps
    std::vector<door_change> doors;
    std::vector<ruleset::set> new_sets, gone_sets;  // not dispatch maps
    std::map<std::string, set_change> changed_sets; // that both have
    std::map<std::string, std::vector<ruleset::key>> members_of_new_sets;

    bool empty() const {
        return !fixed && doors.empty() && new_sets.empty() && gone_sets.empty() &&
               changed_sets.empty();
    }
};

difference differences_of(model::family f, const ruleset::ruleset& from,
                          const ruleset::ruleset& to);

/// Every member of a set. Walks over the whole ruleset.
std::vector<ruleset::key> members_of(const ruleset::ruleset& rules, model::family f,
                                     const std::string& set);
/// The fixed chains and the names of the dispatch maps. Walks over the whole ruleset.
struct fixed_part {
    std::vector<ruleset::chain> chains;
    std::vector<std::string> maps;
};
fixed_part fixed_part_of(const ruleset::ruleset& rules, model::family f);

std::string decision_unit_name(model::family f, const std::string& decision);

} // namespace nodewall::netfilter::iptables
