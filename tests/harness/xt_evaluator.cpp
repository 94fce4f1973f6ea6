#include "harness/xt_evaluator.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <unordered_map>

namespace nodewall::test {

namespace {

namespace ipt = netfilter::iptables;

class walk {
public:
    walk(const ipt::memory_kernel& kernel, const ruleset::packet& p, std::uint32_t mark)
        : kernel_(kernel), packet_(p) {
        verdict_.mark = mark;
        const auto table = kernel.tables.find(p.source.fam());
        if (table != kernel.tables.end())
            for (const auto& chain : table->second)
                chains_.emplace(chain.name, &chain);
    }

    xt_verdict run() {
        constexpr std::array hooks{"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"};
        for (const auto& [name, chain] : chains_)
            if (chain->hook == hooks[static_cast<std::size_t>(packet_.at)])
                if (!call(*chain))
                    verdict_.admitted = false;
        return verdict_;
    }

private:
    /// False: dropped.
    bool call(const ipt::xt_chain& start) {
        const auto* chain = &start;
        std::size_t next = 0;
        while (next < chain->rules.size()) {
            const auto& rule = chain->rules[next++];
            ++verdict_.rules;
            if (!matches(rule))
                continue;
            if (std::holds_alternative<ipt::to_return>(rule.then))
                return true; // behind the rule that called
            if (std::holds_alternative<ipt::to_drop>(rule.then))
                return false;
            if (const auto* jump = std::get_if<ipt::to_chain>(&rule.then)) {
                if (!call(chain_named(jump->chain)))
                    return false;
            } else if (const auto* go = std::get_if<ipt::goto_chain>(&rule.then)) {
                chain = &chain_named(go->chain);
                next = 0;
            } else if (const auto* set = std::get_if<ipt::set_mark>(&rule.then)) {
                verdict_.mark = (verdict_.mark & ~set->mask) ^ set->value;
            } else if (const auto* map = std::get_if<ipt::map_mark>(&rule.then)) {
                if (const auto found = look_up(map->set, map->directions))
                    verdict_.mark = (verdict_.mark & ~found->second) ^ found->first;
            }
        }
        return true;
    }

    const ipt::xt_chain& chain_named(const std::string& name) const {
        return *chains_.at(name); // the kernel takes no table with a jump to nowhere
    }

    bool matches(const ipt::xt_rule& r) const {
        return (!r.destination || r.destination->contains(packet_.destination)) &&
               (r.in_interface.empty() || r.in_interface == packet_.in_interface) &&
               (!r.proto || *r.proto == packet_.proto) &&
               (!r.destination_local || packet_.destination_local) &&
               (!r.original_direction || packet_.original_direction) &&
               (r.ports.empty() || std::ranges::find(r.ports, packet_.port) != r.ports.end()) &&
               (!r.mark || ((verdict_.mark & r.mark->mask) == r.mark->value) != r.mark->negated) &&
               std::ranges::all_of(r.sets, [&](const ipt::set_match& m) {
                   return look_up(m.set, m.directions).has_value() != m.negated;
               });
    }

    const model::ip_address& address(ipt::direction d) const {
        return d == ipt::direction::src ? packet_.source : packet_.destination;
    }

    /// The mark and mask of the member that holds the packet.
    std::optional<std::pair<std::uint32_t, std::uint32_t>>
    look_up(const std::string& name, const std::vector<ipt::direction>& directions) const {
        const auto& set = kernel_.sets.at(name);
        if (set.definition.type == ipt::set_type::list_set) {
            for (const auto& member : set.names)
                if (auto found = look_up(member, directions))
                    return found;
            return std::nullopt;
        }
        const bool has_port = ipt::has_marks(set.definition.type);
        if (directions.size() != (has_port ? 2U : 1U))
            throw std::logic_error("set " + name + " is asked with other dimensions");
        if (has_port && directions[1] != ipt::direction::dst)
            throw std::logic_error("set " + name + " is asked for the source's port");
        const auto& asked = address(directions[0]);
        ipt::set_member key{.net = model::cidr::host(asked)};
        if (has_port) {
            key.proto = static_cast<std::uint8_t>(packet_.proto);
            key.port = packet_.port;
        }
        if (set.definition.type == ipt::set_type::hash_ip ||
            set.definition.type == ipt::set_type::hash_ip_port) {
            const auto at = set.members.find(key);
            return at == set.members.end() ? std::nullopt : std::optional(at->second);
        }
        for (const auto& [member, mark] : set.members)
            if (member.net.contains(asked) && member.proto == key.proto && member.port == key.port)
                return mark;
        return std::nullopt;
    }

    const ipt::memory_kernel& kernel_;
    const ruleset::packet& packet_;
    xt_verdict verdict_;
    std::unordered_map<std::string, const ipt::xt_chain*> chains_;
};

} // namespace

xt_verdict xt_evaluator::evaluate(const ruleset::packet& p, std::uint32_t mark) const {
    return walk(kernel_, p, mark).run();
}

} // namespace nodewall::test
