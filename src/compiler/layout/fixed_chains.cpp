#include "compiler/layout/fixed_chains.hpp"

#include "base/sort_unique.hpp"
#include "compiler/layout/shut_doors.hpp"

#include <fmt/core.h>

#include <optional>
#include <utility>

namespace nodewall::compiler {

namespace {

using model::door_class;
int version_of(model::family f) {
    return f == model::family::ipv4 ? 4 : 6;
}

/// Writes the chains and maps of one family.
class writer {
public:
    writer(const model::gate_settings& s, model::family f) : settings_(s), family_(f) {}

    std::vector<std::shared_ptr<const ruleset::unit>> write() {
        add_prerouting();
        add_doors();
        return std::move(units_);
    }

private:
    void add_prerouting() {
        std::vector<ruleset::rule> rules;
        rules.push_back({.matches = {ruleset::in_interface{"lo"}}, .then = ruleset::return_{}});
        if (auto exempt = add_exempt())
            rules.push_back({.matches = {ruleset::source_in{.sets = {*exempt}, .blocks = {}}},
                             .then = ruleset::return_{}});
        rules.push_back({.matches = {ruleset::original_direction{}},
                         .then = ruleset::jump{std::string(ruleset::chain_doors)}});
        units_.push_back(ruleset::make_unit(
            family_, ruleset::chain{.name = std::string(ruleset::chain_prerouting),
                                    .rules = std::move(rules),
                                    .at = ruleset::hook::prerouting}));
    }

    /// The set's name; nothing where nobody is exempt.
    std::optional<std::string> add_exempt() {
        const auto blocks = model::address_set::of(family_, settings_.always_admit).blocks();
        if (blocks.empty())
            return std::nullopt;
        const ruleset::set set{.name = fmt::format("NW-EXEMPT-{}", version_of(family_)),
                               .fam = family_,
                               .what = ruleset::purpose::exempt,
                               .type = ruleset::key_type::block};
        ruleset::members members{.set = set.name, .type = set.type, .keys = {}};
        for (const auto& block : blocks)
            members.keys.push_back({.block = block});
        units_.push_back(ruleset::make_unit(set));
        units_.push_back(ruleset::make_unit(family_, std::move(members), std::nullopt));
        return set.name;
    }

    void add_doors() {
        std::vector<ruleset::rule> rules;
        for (const auto c : model::classes_asked) {
            const auto map = door_map_of(c, family_);
            const ruleset::dispatch_by dispatch{map.name};
            if (c == door_class::local || c == door_class::hostport)
                rules.push_back({.matches = {ruleset::destination_local{}}, .then = dispatch});
            else if (c != door_class::nodeport)
                rules.push_back({.matches = {}, .then = dispatch});
            else
                for (auto& matches : where_node_ports_answer())
                    rules.push_back({.matches = std::move(matches), .then = dispatch});
            units_.push_back(ruleset::make_unit(map));
        }
        const auto addresses = shut_addresses_of(family_);
        const auto ports = shut_ports_of(family_);
        rules.push_back({.matches = {ruleset::destination_in_set{addresses.name},
                                     ruleset::destination_in_set{ports.name}},
                         .then = ruleset::drop{}});
        units_.push_back(ruleset::make_unit(addresses));
        units_.push_back(ruleset::make_unit(ports));
        units_.push_back(
            ruleset::make_unit(family_, ruleset::chain{.name = std::string(ruleset::chain_doors),
                                                       .rules = std::move(rules),
                                                       .at = std::nullopt}));
    }

    std::vector<std::vector<ruleset::match>> where_node_ports_answer() const {
        if (settings_.node_port_addresses.empty())
            return {{ruleset::destination_local{}}};
        auto blocks = settings_.node_port_addresses;
        sort_unique(blocks);
        std::vector<std::vector<ruleset::match>> where;
        for (const auto& block : blocks) {
            if (block.fam() != family_)
                continue;
            auto& matches = where.emplace_back();
            if (block.prefix != 0)
                matches.emplace_back(ruleset::destination_in{block});
            matches.emplace_back(ruleset::destination_local{});
        }
        return where;
    }

    const model::gate_settings& settings_;
    model::family family_;
    std::vector<std::shared_ptr<const ruleset::unit>> units_;
};

} // namespace

std::vector<std::shared_ptr<const ruleset::unit>> fixed_units(const model::gate_settings& s) {
    std::vector<std::shared_ptr<const ruleset::unit>> units;
    for (const auto f : model::families)
        for (auto& unit : writer(s, f).write())
            units.push_back(std::move(unit));
    return units;
}

ruleset::set door_map_of(model::door_class c, model::family f) {
    return {.name = fmt::format("NW-DOORS-{}-{}", version_of(f), model::to_string(c)),
            .fam = f,
            .what = ruleset::purpose::dispatch,
            .type = model::asked_by_port(c) ? ruleset::key_type::port
                                            : ruleset::key_type::address_port};
}

ruleset::key key_of(const model::front_door& door) {
    ruleset::key key{
        .block = {}, .proto = static_cast<std::uint8_t>(door.proto), .port = door.port};
    if (!model::asked_by_port(door.what))
        key.block = model::cidr::host(door.address);
    return key;
}

} // namespace nodewall::compiler
