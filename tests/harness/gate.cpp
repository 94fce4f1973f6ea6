#include "harness/gate.hpp"

#include <fmt/core.h>

#include <map>

namespace nodewall::ruleset {

namespace {

char digit(model::family f) {
    return f == model::family::ipv4 ? '4' : '6';
}

std::string dispatch_name(model::family f, model::door_class c) {
    return fmt::format("NW-DOORS-{}-{}", digit(f), model::to_string(c));
}

std::string exempt_name(model::family f) {
    return fmt::format("NW-EXEMPT-{}", digit(f));
}

std::shared_ptr<const unit> prerouting(model::family f, bool exempt) {
    chain c{.name = std::string(chain_prerouting), .rules = {}, .at = hook::prerouting};
    c.rules.push_back({{in_interface{"lo"}}, return_{}});
    if (exempt)
        c.rules.push_back({{source_in{{exempt_name(f)}, {}}}, return_{}});
    c.rules.push_back({{original_direction{}}, jump{std::string(chain_doors)}});
    return make_unit(f, std::move(c));
}

} // namespace

model::ip_address ip(std::string_view text) {
    return model::ip_address::parse(text).value();
}

model::cidr block(std::string_view text) {
    return model::cidr::parse(text).value();
}

gate::gate() {
    using enum model::door_class;
    for (const auto f : model::families) {
        rules.put(prerouting(f, false));
        rules.put(make_unit(
            f, chain{.name = std::string(chain_doors),
                     .rules = {{{destination_local{}}, dispatch_by{dispatch_name(f, local)}},
                               {{}, dispatch_by{dispatch_name(f, external)}},
                               {{}, dispatch_by{dispatch_name(f, clusterip)}},
                               {{destination_local{}}, dispatch_by{dispatch_name(f, nodeport)}},
                               {{destination_local{}}, dispatch_by{dispatch_name(f, hostport)}}},
                     .at = {}}));
        for (const auto c : model::classes_asked)
            rules.put(make_unit(
                set{.name = dispatch_name(f, c),
                    .fam = f,
                    .what = purpose::dispatch,
                    .type = model::asked_by_port(c) ? key_type::port : key_type::address_port}));
    }
}

void gate::exempt(model::family f, std::vector<model::cidr> blocks) {
    members m{.set = exempt_name(f), .type = key_type::block, .keys = {}};
    for (const auto& b : blocks)
        m.keys.push_back({.block = b});
    rules.put(
        make_unit(set{.name = m.set, .fam = f, .what = purpose::exempt, .type = key_type::block}));
    rules.put(make_unit(f, std::move(m), std::nullopt));
    rules.put(prerouting(f, true));
}

std::string gate::peers(model::family f, std::string_view identity,
                        const std::vector<model::ip_address>& addresses) {
    auto name = hashed_set_name(purpose::peers, f, identity);
    rules.put(
        make_unit(set{.name = name, .fam = f, .what = purpose::peers, .type = key_type::address}));
    std::map<model::cidr, members> units;
    for (const auto& a : addresses) {
        auto& m = units[model::members_block(a)];
        m.set = name;
        m.keys.push_back({.block = model::cidr::host(a)});
    }
    for (auto& [within, m] : units)
        rules.put(make_unit(f, std::move(m), within));
    return name;
}

std::string gate::blocks(model::family f, const std::vector<model::cidr>& blocks) {
    members m{.set = {}, .type = key_type::block, .keys = {}};
    std::string identity;
    for (const auto& b : blocks) {
        m.keys.push_back({.block = b});
        identity += b.to_string() + "\n";
    }
    m.set = hashed_set_name(purpose::blocks, f, identity);
    auto name = m.set;
    rules.put(
        make_unit(set{.name = name, .fam = f, .what = purpose::blocks, .type = key_type::block}));
    rules.put(make_unit(f, std::move(m), std::nullopt));
    return name;
}

std::string gate::decide(model::family f, stages s) {
    const auto u = make_unit(f, named_by_content(std::move(s)), {});
    rules.put(u);
    return std::get<decision>(u->content).name();
}

void gate::shut(const model::front_door& door, const std::string& decision) {
    entry e{.map = dispatch_name(door.fam, door.what),
            .type = key_type::port,
            .at = {.block = {}, .proto = static_cast<std::uint8_t>(door.proto), .port = door.port},
            .decision = decision};
    if (!model::asked_by_port(door.what)) {
        e.type = key_type::address_port;
        e.at.block = model::cidr::host(door.address);
    }
    rules.put(make_unit(door.unit_name(), door.fam, std::move(e), {}));
}

model::front_door nodeport(std::uint16_t port, model::family f, model::protocol proto) {
    return {.what = model::door_class::nodeport,
            .fam = f,
            .address = model::ip_address::zero(f),
            .proto = proto,
            .port = port};
}

model::front_door external(std::string_view address, std::uint16_t port, model::protocol proto) {
    return {.what = model::door_class::external,
            .fam = ip(address).fam(),
            .address = ip(address),
            .proto = proto,
            .port = port};
}

gate::stages admit_only(source_in who) {
    return {{{{std::move(who)}, return_{}}, {{}, drop{}}}};
}

} // namespace nodewall::ruleset
