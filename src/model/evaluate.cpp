// The ruleset asked about one connection, rule by rule as the kernel would.
#include "model/ruleset.hpp"

#include <algorithm>
#include <array>

namespace nodewall::model {

namespace {

enum class outcome : std::uint8_t { admitted, dropped, fell_through };

class evaluation {
public:
    evaluation(const ruleset& rules, const connection& c) : c_(c) {
        for (const auto& u : rules.units())
            units_of_family(*u);
    }

    bool admits() const {
        for (const auto& [name, chain] : chains_)
            if (chain->hook == "PREROUTING" && walk(*chain) == outcome::dropped)
                return false;
        return true;
    }

private:
    void units_of_family(const unit& u) {
        if (u.fam != c_.source.fam())
            return;
        if (u.chain)
            chains_[u.chain->name] = &*u.chain;
        if (u.set)
            types_[u.set->name] = u.set->type;
        for (const auto& [set, list] : u.members)
            members_[set].push_back(&list);
    }

    /// A RETURN ends the walk wherever it stands: nodewall's chains are reached by one jump and
    /// gotos only, so it returns behind that jump.
    outcome walk(const chain& start) const {
        const auto* at = &start;
        for (std::size_t hops = 0; at != nullptr && hops <= chains_.size(); ++hops) {
            const auto hit = std::find_if(at->rules.begin(), at->rules.end(),
                                          [&](const rule& r) { return matches(r); });
            if (hit == at->rules.end())
                return outcome::fell_through;
            if (hit->then == verdict::return_)
                return outcome::admitted;
            if (hit->then == verdict::drop)
                return outcome::dropped;
            const auto next = chains_.find(hit->chain);
            at = next == chains_.end() ? nullptr : next->second;
        }
        return outcome::fell_through;
    }

    bool matches(const rule& r) const {
        return (!r.destination || r.destination->contains(c_.destination)) &&
               (r.in_interface.empty() || r.in_interface == c_.in_interface) &&
               (!r.proto || *r.proto == c_.proto) &&
               (!r.destination_local || c_.destination_local) &&
               (r.ports.empty() ||
                std::find(r.ports.begin(), r.ports.end(), c_.port) != r.ports.end()) &&
               std::all_of(r.sets.begin(), r.sets.end(),
                           [&](const set_match& m) { return contains(m) != m.negated; });
    }

    const ip_address& address(set_match::direction d) const {
        return d == set_match::direction::src ? c_.source : c_.destination;
    }

    bool contains(const set_match& m) const {
        const auto type = types_.find(m.set);
        const auto lists = members_.find(m.set);
        if (type == types_.end() || lists == members_.end())
            return false;
        return std::any_of(lists->second.begin(), lists->second.end(), [&](const auto* list) {
            return std::any_of(list->begin(), list->end(), [&](const set_member& member) {
                return has(type->second, member, m);
            });
        });
    }

    bool has(set_type type, const set_member& member, const set_match& m) const {
        const auto& first = address(m.directions.at(0));
        const auto door = [&] {
            return member.proto == static_cast<std::uint8_t>(c_.proto) && member.port == c_.port;
        };
        switch (type) {
        case set_type::hash_ip:
            return member.ip == first;
        case set_type::hash_net:
            return member.net.contains(first);
        case set_type::hash_net_port:
            return member.net.contains(first) && door();
        case set_type::hash_ip_port:
            return member.ip == first && door();
        case set_type::hash_ip_port_net:
            break;
        }
        return member.ip == first && door() && member.net.contains(address(m.directions.at(2)));
    }

    const connection& c_;
    std::map<std::string, const chain*, std::less<>> chains_;
    std::map<std::string, set_type, std::less<>> types_;
    std::map<std::string, std::vector<const std::vector<set_member>*>, std::less<>> members_;
};

} // namespace

bool admits(const ruleset& rules, const connection& c) {
    return evaluation(rules, c).admits();
}

} // namespace nodewall::model
