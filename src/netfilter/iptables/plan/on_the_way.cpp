#include "netfilter/iptables/plan/on_the_way.hpp"

#include "netfilter/iptables/plan/doors.hpp"

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

/// Where doors of two maps may be one to a packet.
std::pair<std::uint8_t, std::uint16_t> port_of(const door_change& door) {
    return {door.at().at.proto, door.at().at.port};
}

} // namespace

std::optional<ruleset_on_the_way> on_the_way(const task& t, const std::vector<door_change>& turning,
                                             const std::set<std::string>& missing) {
    keeper kept(t);
    ruleset_on_the_way way;
    std::set<std::pair<std::uint8_t, std::uint16_t>> ports_waiting, ports_turning;
    for (const auto& door : turning) {
        if (!door.after || !missing.contains(door.decision_after())) {
            ports_turning.insert(port_of(door));
            continue;
        }
        ports_waiting.insert(port_of(door));
        kept.keep(door);
        for (auto& each : turns_of(door, t.now.fam, t.from, *t.to)) {
            each.turns = false;
            way.waiting.insert(std::move(each));
        }
    }
    for (const auto& port : ports_waiting)
        if (ports_turning.contains(port))
            return std::nullopt;
    way.rules = kept.finish();
    return way;
}

} // namespace nodewall::netfilter::iptables
