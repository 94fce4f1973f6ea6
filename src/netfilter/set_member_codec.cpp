#include "netfilter/set_member_codec.hpp"

namespace nodewall::netfilter {

namespace {

/// Which attributes a type's members have.
struct shape {
    bool first_is_net; // IP and CIDR; else IP alone
    bool has_port;     // PORT and PROTO
    bool third_is_net; // IP2 and CIDR2
};

constexpr shape shape_of(model::set_type type) {
    switch (type) {
    case model::set_type::hash_ip:
        return {false, false, false};
    case model::set_type::hash_net:
        return {true, false, false};
    case model::set_type::hash_net_port:
        return {true, true, false};
    case model::set_type::hash_ip_port:
        return {false, true, false};
    case model::set_type::hash_ip_port_net:
        break;
    }
    return {false, true, true};
}

std::optional<model::cidr> read_net(const nlattr* address, const nlattr* prefix, model::family f) {
    const auto ip = read_address(address, f);
    const auto bits = prefix == nullptr ? model::address_bits(f) : read_u8(prefix);
    if (!ip || !bits || *bits > model::address_bits(f))
        return std::nullopt;
    return model::cidr::of(*ip, *bits);
}

bool is_exception(const ipset_attributes& a) {
    return (read_u32(a[IPSET_ATTR_CADT_FLAGS]).value_or(0) & IPSET_FLAG_NOMATCH) != 0;
}

bool read_port(const ipset_attributes& a, model::set_member& member) {
    const auto proto = read_u8(a[IPSET_ATTR_PROTO]);
    const auto port = read_u16(a[IPSET_ATTR_PORT]);
    member.proto = proto.value_or(0);
    member.port = port.value_or(0);
    return proto && port;
}

} // namespace

void put_member(ipset_message& message, model::set_type type, const model::set_member& member) {
    const auto has = shape_of(type);
    auto* data = message.begin_nest(IPSET_ATTR_DATA);
    message.put_address(IPSET_ATTR_IP, has.first_is_net ? member.net.address : member.ip);
    if (has.first_is_net)
        message.put_u8(IPSET_ATTR_CIDR, member.net.prefix);
    if (has.has_port) {
        message.put_u16(IPSET_ATTR_PORT, member.port);
        message.put_u8(IPSET_ATTR_PROTO, member.proto);
    }
    if (has.third_is_net) {
        message.put_address(IPSET_ATTR_IP2, member.net.address);
        message.put_u8(IPSET_ATTR_CIDR2, member.net.prefix);
    }
    message.end_nest(data);
}

std::optional<model::set_member> read_member(const nlattr& data, model::set_type type,
                                             model::family f) {
    const auto has = shape_of(type);
    const auto a = attributes_of(data);
    const auto first = read_net(a[IPSET_ATTR_IP], a[IPSET_ATTR_CIDR], f);
    if (!first || is_exception(a))
        return std::nullopt;
    model::set_member member;
    if (has.first_is_net)
        member.net = *first;
    else
        member.ip = first->address;
    if (has.has_port && !read_port(a, member))
        return std::nullopt;
    if (has.third_is_net) {
        const auto third = read_net(a[IPSET_ATTR_IP2], a[IPSET_ATTR_CIDR2], f);
        if (!third)
            return std::nullopt;
        member.net = *third;
    }
    return member;
}

} // namespace nodewall::netfilter
