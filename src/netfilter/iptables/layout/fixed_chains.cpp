#include "netfilter/iptables/layout/fixed_chains.hpp"

#include "netfilter/iptables/layout/names.hpp"
#include "ruleset/dataplane.hpp"
#include "ruleset/ruleset.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

constexpr std::array<std::string_view, 5> builtins{"PREROUTING", "INPUT", "FORWARD", "OUTPUT",
                                                   "POSTROUTING"}; // as ruleset::hook

/// Of a set that destinations are looked up in. One of ports has every address in two halves, so
/// that which address it is compared with is all one.
std::vector<direction> set_directions(std::string_view set) {
    if (type_of_set(set) == set_type::hash_net_port)
        return {direction::src, direction::dst};
    return {direction::dst};
}

/// Writes one match into the rule; false for one that no fixed chain has.
class match_writer {
public:
    match_writer(xt_rule& r, const fixed_names& names) : r_(r), names_(names) {}

    bool operator()(const ruleset::in_interface& m) const {
        r_.in_interface = m.name;
        return true;
    }
    bool operator()(const ruleset::protocol_is& m) const {
        r_.proto = m.proto;
        return true;
    }
    bool operator()(const ruleset::destination_ports& m) const {
        r_.ports = m.ports;
        return !m.ports.empty();
    }
    bool operator()(const ruleset::destination_in& m) const {
        r_.destination = m.block;
        return m.block.prefix != 0;
    }
    bool operator()(const ruleset::destination_local&) const { return r_.destination_local = true; }
    bool operator()(const ruleset::original_direction&) const {
        return r_.original_direction = true;
    }
    bool operator()(const ruleset::source_in& m) const {
        if (m.sets.size() != 1 || !m.blocks.empty() || !r_.sets.empty())
            return false;
        r_.sets.push_back({.set = names_.set(m.sets.front()), .directions = {direction::src}});
        return true;
    }

    bool operator()(const ruleset::destination_in_set& m) const {
        r_.sets.push_back({.set = names_.set(m.set), .directions = set_directions(m.set)});
        return ruleset::purpose_of(m.set) == ruleset::purpose::shut;
    }

private:
    xt_rule& r_;
    const fixed_names& names_;
};

/// In the order in which a ruleset's matches are declared.
std::optional<std::vector<ruleset::match>> read_matches(const xt_rule& r, const fixed_sets& sets) {
    std::vector<ruleset::match> all;
    if (!r.in_interface.empty())
        all.emplace_back(ruleset::in_interface{r.in_interface});
    if (r.proto)
        all.emplace_back(ruleset::protocol_is{*r.proto});
    if (!r.ports.empty())
        all.emplace_back(ruleset::destination_ports{r.ports});
    if (r.destination)
        all.emplace_back(ruleset::destination_in{*r.destination});
    if (r.destination_local)
        all.emplace_back(ruleset::destination_local{});
    if (r.original_direction)
        all.emplace_back(ruleset::original_direction{});
    for (const auto& match : r.sets) {
        const auto name = sets.set(match.set);
        if (!name)
            return std::nullopt;
        if (ruleset::purpose_of(*name) == ruleset::purpose::shut)
            all.emplace_back(ruleset::destination_in_set{*name});
        else
            all.emplace_back(ruleset::source_in{.sets = {*name}, .blocks = {}});
    }
    return all;
}

std::optional<ruleset::verdict> read_verdict(const xt_target& t, const fixed_sets& sets) {
    if (std::holds_alternative<to_return>(t))
        return ruleset::return_{};
    if (std::holds_alternative<to_drop>(t))
        return ruleset::drop{};
    if (const auto* jump = std::get_if<to_chain>(&t))
        return ruleset::jump{jump->chain};
    if (const auto* go = std::get_if<goto_chain>(&t))
        return ruleset::go_to{go->chain};
    if (const auto* note = std::get_if<to_nflog>(&t))
        return ruleset::note{note->group};
    if (const auto* map = std::get_if<map_mark>(&t))
        if (auto name = sets.map(map->set))
            return ruleset::dispatch_by{std::move(*name)};
    return std::nullopt;
}

bool leads_to_doors(const xt_rule& r) {
    return r.then == xt_target(to_chain{std::string(ruleset::chain_doors)});
}

} // namespace

xt_rule clear_mark(const mark_bits& bits) {
    return {.mark = mark_match{0, bits.mask(), true}, .then = set_mark{0, bits.mask()}};
}

std::vector<xt_rule> look_up(xt_rule match, std::string map, std::vector<direction> directions,
                             std::string_view then, const mark_bits& bits) {
    match.then = map_mark{std::move(map), std::move(directions)};
    return {std::move(match),
            {.mark = mark_match{0, bits.mask(), true}, .then = goto_chain{std::string(then)}}};
}

std::vector<direction> map_directions(std::string_view map) {
    // The halves of every address stand for "any": which address they are compared with is all one.
    const bool by_port_alone = map_is_by_port(map);
    return {by_port_alone ? direction::src : direction::dst, direction::dst};
}

result<xt_chain> write_fixed(const ruleset::chain& c, const mark_bits& bits,
                             const fixed_names& names) {
    xt_chain chain{.name = c.name, .rules = {}, .hook = {}};
    if (c.at)
        chain.hook = builtins[static_cast<std::size_t>(*c.at)];
    for (const auto& r : c.rules) {
        xt_rule written;
        bool known = true;
        for (const auto& m : r.matches)
            known = known && std::visit(match_writer(written, names), m);
        if (std::holds_alternative<ruleset::return_>(r.then))
            written.then = to_return{};
        else if (std::holds_alternative<ruleset::drop>(r.then))
            written.then = to_drop{};
        else if (const auto* jump = std::get_if<ruleset::jump>(&r.then))
            written.then = to_chain{jump->chain};
        else if (const auto* go = std::get_if<ruleset::go_to>(&r.then))
            written.then = goto_chain{go->chain};
        else if (const auto* note = std::get_if<ruleset::note>(&r.then))
            written.then = to_nflog{note->group};
        if (!known)
            return error(ruleset::dataplane_errc::kernel_refused,
                         fmt::format("chain {}: iptables cannot say '{}'", c.name, r.to_string()));
        if (const auto* map = std::get_if<ruleset::dispatch_by>(&r.then)) {
            for (auto& rule : look_up(std::move(written), names.map(map->map),
                                      map_directions(map->map), names.found, bits))
                chain.rules.push_back(std::move(rule));
            continue;
        }
        const bool doors = leads_to_doors(written);
        if (doors)
            chain.rules.push_back(clear_mark(bits));
        chain.rules.push_back(std::move(written));
        if (doors)
            chain.rules.push_back(clear_mark(bits));
    }
    return chain;
}

std::optional<ruleset::chain> read_fixed(const xt_chain& c, const mark_bits& bits,
                                         const fixed_sets& sets) {
    ruleset::chain chain{.name = c.name, .rules = {}, .at = {}};
    for (std::size_t i = 0; i < builtins.size(); ++i)
        if (c.hook == builtins[i])
            chain.at = static_cast<ruleset::hook>(i);
    const auto clear = clear_mark(bits);
    for (const auto& r : c.rules) {
        const bool follows_look_up =
            !chain.rules.empty() &&
            std::holds_alternative<ruleset::dispatch_by>(chain.rules.back().then) && r.mark;
        if (r == clear || follows_look_up)
            continue;
        auto matches = read_matches(r, sets);
        auto then = read_verdict(r.then, sets);
        if (!matches || !then || r.mark)
            return std::nullopt;
        chain.rules.push_back({.matches = std::move(*matches), .then = std::move(*then)});
    }
    return chain;
}

} // namespace nodewall::netfilter::iptables
