#include "netfilter/iptables/plan/difference.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

using ruleset::key;
using keys = std::vector<key>;

keys minus(const keys& left, const keys& right) {
    keys rest;
    std::set_difference(left.begin(), left.end(), right.begin(), right.end(),
                        std::back_inserter(rest));
    return rest;
}

const keys& keys_of(const ruleset::unit* u) {
    static const keys none;
    return u == nullptr ? none : std::get<ruleset::members>(u->content).keys;
}

class collector {
public:
    collector(model::family f, const ruleset::ruleset& from, const ruleset::ruleset& to)
        : family_(f), from_(from), to_(to) {}

    difference collect() && {
        for (const auto& [before, after] :
             ruleset::unit_map::differences(from_.units(), to_.units())) {
            if ((after ? after : before)->fam != family_)
                continue;
            if (!before || !after || !before->same_content(*after))
                compare(before, after);
        }
        std::erase_if(all_.changed_sets, [](const auto& change) {
            return change.second.added.empty() && change.second.removed.empty();
        });
        return std::move(all_);
    }

private:
    void compare(const std::shared_ptr<const ruleset::unit>& before,
                 const std::shared_ptr<const ruleset::unit>& after) {
        const auto& content = (after ? after : before)->content;
        if (std::holds_alternative<ruleset::chain>(content))
            all_.fixed = true;
        else if (const auto* set = std::get_if<ruleset::set>(&content))
            compare_sets(*set, before != nullptr, after != nullptr);
        else if (std::holds_alternative<ruleset::entry>(content))
            all_.doors.push_back({before, after});
        else if (const auto* members = std::get_if<ruleset::members>(&content))
            compare_members(members->set, before.get(), after.get());
    }

    void compare_sets(const ruleset::set& set, bool was, bool is) {
        if (set.what == ruleset::purpose::dispatch)
            all_.fixed = true;
        else if (!was)
            all_.new_sets.push_back(set);
        else if (!is)
            all_.gone_sets.push_back(set);
    }

    bool has_set(const ruleset::ruleset& rules, const std::string& set) const {
        return rules.units().contains(ruleset::set_unit_name(family_, set));
    }

    void compare_members(const std::string& set, const ruleset::unit* before,
                         const ruleset::unit* after) {
        if (!has_set(to_, set))
            return; // it goes whole
        if (!has_set(from_, set)) {
            auto& all = all_.members_of_new_sets[set];
            const auto& more = keys_of(after);
            all.insert(all.end(), more.begin(), more.end());
            return;
        }
        auto& change = all_.changed_sets[set];
        std::ranges::move(minus(keys_of(after), keys_of(before)), std::back_inserter(change.added));
        std::ranges::move(minus(keys_of(before), keys_of(after)),
                          std::back_inserter(change.removed));
    }

    model::family family_;
    const ruleset::ruleset& from_;
    const ruleset::ruleset& to_;
    difference all_;
};

} // namespace

difference differences_of(model::family f, const ruleset::ruleset& from,
                          const ruleset::ruleset& to) {
    return collector(f, from, to).collect();
}

std::vector<key> members_of(const ruleset::ruleset& rules, model::family f,
                            const std::string& set) {
    keys all;
    for (const auto& u : rules.units())
        if (const auto* members = std::get_if<ruleset::members>(&u->content);
            members != nullptr && u->fam == f && members->set == set)
            all.insert(all.end(), members->keys.begin(), members->keys.end());
    return all;
}

fixed_part fixed_part_of(const ruleset::ruleset& rules, model::family f) {
    fixed_part found;
    for (const auto& u : rules.units()) {
        if (u->fam != f)
            continue;
        if (const auto* chain = std::get_if<ruleset::chain>(&u->content))
            found.chains.push_back(*chain);
        else if (const auto* set = std::get_if<ruleset::set>(&u->content);
                 set != nullptr && set->what == ruleset::purpose::dispatch)
            found.maps.push_back(set->name);
    }
    return found;
}

std::string decision_unit_name(model::family f, const std::string& decision) {
    return fmt::format("decision/{}/{}", model::to_string(f), decision);
}

} // namespace nodewall::netfilter::iptables
