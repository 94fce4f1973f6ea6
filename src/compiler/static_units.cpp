#include "compiler/static_units.hpp"

#include "base/sort_unique.hpp"
#include "model/layout.hpp"

#include <array>
#include <string>

namespace nodewall::compiler {

namespace {

namespace layout = model::layout;
using layout::door_class;
using model::set_role;
using direction = model::set_match::direction;

constexpr std::array door_classes{door_class::nodeport, door_class::external,
                                  door_class::clusterip};

model::rule drop() {
    return {.then = model::verdict::drop};
}

model::rule return_if(const model::set_definition& set, std::vector<direction> directions) {
    return {.sets = {{set.name, std::move(directions)}}};
}

model::rule go_to(std::string_view chain) {
    return {.then = model::verdict::goto_, .chain = std::string(chain)};
}

/// Blocks of one family, fewest; a /0 is two halves.
std::vector<model::cidr> blocks_of(const std::vector<model::cidr>& blocks, model::family f) {
    model::address_set addresses(f);
    for (const auto& block : blocks)
        addresses.add(block);
    return addresses.blocks();
}

/// Writes the chains and sets of one family.
class writer {
public:
    writer(const model::gate_settings& s, model::family f) : settings_(s), family_(f) {}

    std::vector<std::shared_ptr<const model::unit>> write() {
        add_prerouting();
        add_doors();
        add_external();
        add_clusterip();
        add_nodeport();
        for (const auto c : door_classes)
            for (const auto role : {set_role::admits, set_role::refuses})
                add_set(layout::door_set(c, role, family_), {});
        add_set(layout::pods_set(family_), {});
        return std::move(units_);
    }

private:
    void add_prerouting() {
        std::vector<model::rule> rules;
        rules.push_back({.in_interface = "lo"});
        if (const auto always = blocks_of(settings_.always_admit, family_); !always.empty()) {
            const auto set = layout::always_set(family_);
            rules.push_back(return_if(set, {direction::src}));
            std::vector<model::set_member> members;
            members.reserve(always.size());
            for (const auto& block : always)
                members.push_back({.ip = {}, .net = block});
            add_set(set, std::move(members));
        }
        rules.push_back(go_to(layout::chain_doors));
        rules.back().original_direction = true;
        add_chain(layout::chain_prerouting, std::move(rules), "PREROUTING");
    }

    void add_doors() {
        std::vector<model::rule> rules;
        const auto enter = [&](door_class c, std::string_view chain, direction first) {
            auto rule = go_to(chain);
            rule.sets = {
                {layout::door_set(c, set_role::refuses, family_).name, {first, direction::dst}}};
            rules.push_back(std::move(rule));
        };
        enter(door_class::external, layout::chain_external, direction::dst);
        enter(door_class::clusterip, layout::chain_clusterip, direction::dst);
        for (const auto& destination : node_port_destinations()) {
            enter(door_class::nodeport, layout::chain_nodeport, direction::src);
            rules.back().destination = destination;
            rules.back().destination_local = true;
        }
        add_chain(layout::chain_doors, std::move(rules));
    }

    void add_external() {
        std::vector<model::rule> rules;
        if (!settings_.vital_ports.empty())
            rules.push_back({.proto = model::protocol::tcp,
                             .destination_local = true,
                             .ports = settings_.vital_ports});
        rules.push_back(return_if(layout::door_set(door_class::external, set_role::admits, family_),
                                  {direction::dst, direction::dst, direction::src}));
        rules.push_back(drop());
        add_chain(layout::chain_external, std::move(rules));
    }

    void add_clusterip() {
        add_chain(layout::chain_clusterip,
                  {return_if(layout::pods_set(family_), {direction::src}),
                   return_if(layout::door_set(door_class::clusterip, set_role::admits, family_),
                             {direction::dst, direction::dst, direction::src}),
                   drop()});
    }

    void add_nodeport() {
        add_chain(layout::chain_nodeport,
                  {return_if(layout::door_set(door_class::nodeport, set_role::admits, family_),
                             {direction::src, direction::dst}),
                   drop()});
    }

    /// Where NodePorts answer; nothing stands for any address.
    std::vector<std::optional<model::cidr>> node_port_destinations() const {
        if (settings_.node_port_addresses.empty())
            return {std::nullopt};
        auto blocks = settings_.node_port_addresses;
        sort_unique(blocks);
        std::vector<std::optional<model::cidr>> destinations;
        for (const auto& block : blocks)
            if (block.fam() == family_)
                destinations.push_back(block.prefix == 0 ? std::nullopt : std::optional(block));
        return destinations;
    }

    void add_chain(std::string_view name, std::vector<model::rule> rules, std::string hook = {}) {
        model::unit unit;
        unit.name = layout::chain_unit_name(family_, name);
        unit.fam = family_;
        unit.chain = {std::string(name), std::move(rules), std::move(hook)};
        units_.push_back(model::seal(std::move(unit)));
    }

    void add_set(const model::set_definition& set, std::vector<model::set_member> members) {
        model::unit unit;
        unit.name = layout::set_unit_name(set.fam, set.name);
        unit.fam = set.fam;
        unit.set = set;
        unit.members[set.name] = std::move(members);
        unit.member_types[set.name] = set.type;
        units_.push_back(model::seal(std::move(unit)));
    }

    const model::gate_settings& settings_;
    model::family family_;
    std::vector<std::shared_ptr<const model::unit>> units_;
};

} // namespace

std::vector<std::shared_ptr<const model::unit>> static_units(const model::gate_settings& s) {
    std::vector<std::shared_ptr<const model::unit>> units;
    for (const auto f : model::families)
        for (auto& unit : writer(s, f).write())
            units.push_back(std::move(unit));
    return units;
}

std::shared_ptr<const model::unit> pods_unit(const model::cidr& block,
                                             std::span<const model::ip_address> addresses) {
    const auto set = layout::pods_set(block.fam());
    model::unit unit;
    unit.name = layout::pods_unit_name(block);
    unit.fam = block.fam();
    unit.member_types[set.name] = set.type;
    auto& members = unit.members[set.name];
    members.reserve(addresses.size());
    for (const auto& address : addresses)
        members.push_back({.ip = address, .net = {}});
    return model::seal(std::move(unit));
}

} // namespace nodewall::compiler
