#include "netfilter/iptables/plan/on_the_way.hpp"

#include "netfilter/iptables/plan/doors.hpp"

#include <iterator>
#include <map>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

class keeper {
public:
    explicit keeper(const task& t) : task_(t), rules_(*t.to) {}

    void keep(const door_change& door) {
        if (!door.before) {
            rules_.erase(door.after->name);
            return;
        }
        rules_.put(door.before);
        const auto& units = task_.from.units();
        const auto name = decision_unit_name(task_.now.fam, door.decision_before());
        if (!units.contains(name))
            return;
        rules_.put(units.at(name));
        for (const auto& chain : std::get<ruleset::decision>(units.at(name)->content).chains)
            for (const auto& rule : chain.rules)
                for (const auto& match : rule.matches)
                    if (const auto* from = std::get_if<ruleset::source_in>(&match))
                        for (const auto& set : from->sets)
                            keep_set(set);
    }

    shared_ruleset finish() { return std::make_shared<const ruleset::ruleset>(std::move(rules_)); }

private:
    void keep_set(const std::string& set) {
        const auto name = ruleset::set_unit_name(task_.now.fam, set);
        if (rules_.units().contains(name) || !task_.from.units().contains(name))
            return;
        rules_.put(task_.from.units().at(name));
        for (const auto& u : task_.from.units())
            if (const auto* members = std::get_if<ruleset::members>(&u->content);
                members != nullptr && u->fam == task_.now.fam && members->set == set)
                rules_.put(u);
    }

    const task& task_;
    ruleset::ruleset rules_;
};

/// Whether a packet may meet either of them: they have one port, and one address or any.
bool may_be_one(const door_change& a, const door_change& b) {
    const auto& one = a.at();
    const auto& other = b.at();
    const bool by_port =
        one.type == ruleset::key_type::port || other.type == ruleset::key_type::port;
    return one.at.proto == other.at.proto && one.at.port == other.at.port &&
           (by_port || one.at.block == other.at.block);
}

/// Those whose decision is missing, and those that may be one with them to a packet.
std::vector<const door_change*> those_that_wait(const std::vector<door_change>& turning,
                                                const std::set<std::string>& missing) {
    std::vector<const door_change*> waiting, rest;
    for (const auto& door : turning)
        (door.after && missing.contains(door.decision_after()) ? waiting : rest).push_back(&door);
    std::multimap<std::uint16_t, const door_change*> by_port;
    for (const auto* door : rest)
        by_port.emplace(door->at().at.port, door);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        const auto [first, last] = by_port.equal_range(waiting[i]->at().at.port);
        for (auto at = first; at != last;) {
            const bool one = may_be_one(*at->second, *waiting[i]);
            if (one)
                waiting.push_back(at->second);
            at = one ? by_port.erase(at) : std::next(at);
        }
    }
    return waiting;
}

} // namespace

ruleset_on_the_way on_the_way(const task& t, const std::vector<door_change>& turning,
                              const std::set<std::string>& missing) {
    keeper kept(t);
    ruleset_on_the_way way;
    for (const auto* door : those_that_wait(turning, missing)) {
        kept.keep(*door);
        for (auto& each : turns_of(*door, t.now.fam, t.from, *t.to)) {
            each.turns = false;
            way.waiting.insert(std::move(each));
        }
    }
    way.rules = kept.finish();
    return way;
}

} // namespace nodewall::netfilter::iptables
