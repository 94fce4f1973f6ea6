#include "model/layout.hpp"

#include <fmt/core.h>

#include <array>

namespace nodewall::model::layout {

namespace {

constexpr std::array door_classes{door_class::nodeport, door_class::external,
                                  door_class::clusterip};
constexpr std::array roles{set_role::admits, set_role::refuses};

std::string_view upper_name(door_class c) {
    switch (c) {
    case door_class::nodeport:
        return "NODEPORT";
    case door_class::external:
        return "EXTERNAL";
    case door_class::clusterip:
        break;
    }
    return "CLUSTERIP";
}

char family_digit(family f) {
    return f == family::ipv4 ? '4' : '6';
}

struct door_set_entry {
    set_definition definition;
    door_class what;
};

/// Every set that holds doors, made once: names are compared for each member that is read back.
const std::vector<door_set_entry>& door_sets() {
    static const auto entries = [] {
        std::vector<door_set_entry> all;
        for (const auto f : families)
            for (const auto c : door_classes)
                for (const auto role : roles)
                    all.push_back({door_set(c, role, f), c});
        return all;
    }();
    return entries;
}

} // namespace

std::string_view to_string(door_class c) {
    switch (c) {
    case door_class::nodeport:
        return "nodeport";
    case door_class::external:
        return "external";
    case door_class::clusterip:
        break;
    }
    return "clusterip";
}

set_definition door_set(door_class c, set_role role, family f) {
    const bool admits = role == set_role::admits;
    const auto type = c == door_class::nodeport ? set_type::hash_net_port
                      : admits                  ? set_type::hash_ip_port_net
                                                : set_type::hash_ip_port;
    return {.name = fmt::format("NW-{}-{}-{}", upper_name(c), admits ? "ADMIT" : "REFUSE",
                                family_digit(f)),
            .type = type,
            .fam = f,
            .role = role};
}

set_definition pods_set(family f) {
    return {.name = fmt::format("NW-PODS-{}", family_digit(f)),
            .type = set_type::hash_ip,
            .fam = f,
            .role = set_role::admits};
}

set_definition always_set(family f) {
    return {.name = fmt::format("NW-ALWAYS-{}", family_digit(f)),
            .type = set_type::hash_net,
            .fam = f,
            .role = set_role::admits};
}

std::optional<set_definition> set_of_name(std::string_view name) {
    for (const auto& entry : door_sets())
        if (entry.definition.name == name)
            return entry.definition;
    for (const auto f : families)
        for (auto definition : {pods_set(f), always_set(f)})
            if (definition.name == name)
                return definition;
    return std::nullopt;
}

std::string door::unit_name() const {
    const auto key = what == door_class::nodeport ? std::string{} : address.to_string() + "/";
    return fmt::format("door/{}/{}/{}{}/{}", model::to_string(fam), to_string(what), key,
                       model::to_string(proto), port);
}

std::optional<door> door_of_member(std::string_view set_name, const set_member& member) {
    for (const auto& [definition, what] : door_sets())
        if (definition.name == set_name)
            return door{.what = what,
                        .fam = definition.fam,
                        .address = what == door_class::nodeport ? ip_address::zero(definition.fam)
                                                                : member.ip,
                        .proto = static_cast<protocol>(member.proto),
                        .port = member.port};
    return std::nullopt;
}

std::vector<set_member> refusal(const door& d) {
    const auto proto = static_cast<std::uint8_t>(d.proto);
    if (d.what != door_class::nodeport)
        return {{.ip = d.address, .net = {}, .proto = proto, .port = d.port}};
    address_set everyone(d.fam);
    everyone.add(cidr::everything(d.fam));
    std::vector<set_member> members;
    for (const auto& half : everyone.blocks())
        members.push_back({.ip = {}, .net = half, .proto = proto, .port = d.port});
    return members;
}

set_member admission(const door& d, const cidr& source) {
    return {.ip = d.what == door_class::nodeport ? ip_address{} : d.address,
            .net = source,
            .proto = static_cast<std::uint8_t>(d.proto),
            .port = d.port};
}

cidr pods_block(const ip_address& address) {
    constexpr unsigned host_bits = 8;
    return cidr::of(address, address_bits(address.fam()) - host_bits);
}

std::string pods_unit_name(const cidr& block) {
    return fmt::format("pods/{}/{}", model::to_string(block.fam()), block.to_string());
}

std::string chain_unit_name(family f, std::string_view chain) {
    return fmt::format("chain/{}/{}", model::to_string(f), chain);
}

std::string set_unit_name(family f, std::string_view set) {
    return fmt::format("set/{}/{}", model::to_string(f), set);
}

} // namespace nodewall::model::layout
