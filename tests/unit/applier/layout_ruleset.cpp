#include "layout_ruleset.hpp"

#include <map>

namespace nodewall::test {

namespace {

namespace layout = model::layout;
using model::rule;
using model::set_match;
using model::verdict;
using enum model::set_match::direction;

set_match in(const model::set_definition& set, std::vector<set_match::direction> directions) {
    return {.set = set.name, .directions = std::move(directions)};
}

rule go_to(std::string_view chain, rule r) {
    r.then = verdict::goto_;
    r.chain = chain;
    return r;
}

const rule drop{.then = verdict::drop};

void put_chain(model::ruleset& rules, model::family f, model::chain chain) {
    rules.put(model::seal(
        {.name = layout::chain_unit_name(f, chain.name), .fam = f, .chain = std::move(chain)}));
}

void put_chains(model::ruleset& rules, model::family f, const std::vector<std::uint16_t>& vital) {
    using enum layout::door_class;
    using enum model::set_role;
    const auto set = [f](layout::door_class c, model::set_role role) {
        return layout::door_set(c, role, f);
    };
    put_chain(rules, f,
              {.name = std::string(layout::chain_prerouting),
               .rules = {{.in_interface = "lo"},
                         {.sets = {in(layout::always_set(f), {src})}},
                         go_to(layout::chain_doors, {.original_direction = true})},
               .hook = "PREROUTING"});
    put_chain(
        rules, f,
        {.name = std::string(layout::chain_doors),
         .rules = {
             go_to(layout::chain_external, {.sets = {in(set(external, refuses), {dst, dst})}}),
             go_to(layout::chain_clusterip, {.sets = {in(set(clusterip, refuses), {dst, dst})}}),
             go_to(layout::chain_nodeport, {.destination_local = true,
                                            .sets = {in(set(nodeport, refuses), {src, dst})}})}});
    put_chain(rules, f,
              {.name = std::string(layout::chain_external),
               .rules = {{.proto = model::protocol::tcp, .destination_local = true, .ports = vital},
                         {.sets = {in(set(external, admits), {dst, dst, src})}},
                         drop}});
    put_chain(rules, f,
              {.name = std::string(layout::chain_clusterip),
               .rules = {{.sets = {in(layout::pods_set(f), {src})}},
                         {.sets = {in(set(clusterip, admits), {dst, dst, src})}},
                         drop}});
    put_chain(rules, f,
              {.name = std::string(layout::chain_nodeport),
               .rules = {{.sets = {in(set(nodeport, admits), {src, dst})}}, drop}});
}

} // namespace

void put_layout(model::ruleset& rules, model::family f, const std::vector<std::uint16_t>& vital) {
    put_chains(rules, f, vital);
    for (const auto c : {layout::door_class::nodeport, layout::door_class::external,
                         layout::door_class::clusterip})
        for (const auto role : {model::set_role::admits, model::set_role::refuses})
            put_set(rules, layout::door_set(c, role, f), {});
    put_set(rules, layout::pods_set(f), {});
    put_set(rules, layout::always_set(f), {});
}

model::ruleset bare_layout() {
    model::ruleset rules;
    for (const auto f : model::families)
        put_layout(rules, f);
    return rules;
}

void put_door(model::ruleset& rules, const layout::door& door,
              const std::vector<model::cidr>& admitted) {
    const auto refuses = layout::door_set(door.what, model::set_role::refuses, door.fam);
    const auto admits = layout::door_set(door.what, model::set_role::admits, door.fam);
    model::unit u{.name = door.unit_name(), .fam = door.fam};
    u.members[refuses.name] = layout::refusal(door);
    u.member_types = {{refuses.name, refuses.type}, {admits.name, admits.type}};
    for (const auto& source : admitted)
        u.members[admits.name].push_back(layout::admission(door, source));
    rules.put(model::seal(std::move(u)));
}

void put_set(model::ruleset& rules, const model::set_definition& set,
             std::vector<model::set_member> members) {
    model::unit u{.name = layout::set_unit_name(set.fam, set.name), .fam = set.fam, .set = set};
    u.members[set.name] = std::move(members);
    u.member_types[set.name] = set.type;
    rules.put(model::seal(std::move(u)));
}

void put_pods(model::ruleset& rules, const std::vector<model::ip_address>& addresses) {
    std::map<model::cidr, model::unit> blocks;
    for (const auto& address : addresses) {
        const auto block = layout::pods_block(address);
        const auto set = layout::pods_set(address.fam());
        auto& u = blocks[block];
        u.name = layout::pods_unit_name(block);
        u.fam = address.fam();
        u.members[set.name].push_back({.ip = address, .net = {}});
        u.member_types[set.name] = set.type;
    }
    for (auto& [block, u] : blocks)
        rules.put(model::seal(std::move(u)));
}

model::ip_address ip(std::string_view text) {
    return model::ip_address::parse(text).value();
}

model::cidr block(std::string_view text) {
    return model::cidr::parse(text).value();
}

layout::door nodeport(model::protocol proto, std::uint16_t port, model::family f) {
    const auto zero = f == model::family::ipv4 ? ip("0.0.0.0") : ip("::");
    return {.what = layout::door_class::nodeport,
            .fam = f,
            .address = zero,
            .proto = proto,
            .port = port};
}

} // namespace nodewall::test
