#include "netfilter/iptables/ipset/member_codec.hpp"

namespace nodewall::netfilter::iptables {

namespace {

constexpr bool is_of_nets(set_type type) {
    return type == set_type::hash_net || type == set_type::hash_net_port;
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

bool read_port(const ipset_attributes& a, set_member& member) {
    const auto proto = read_u8(a[IPSET_ATTR_PROTO]);
    const auto port = read_u16(a[IPSET_ATTR_PORT]);
    member.proto = proto.value_or(0);
    member.port = port.value_or(0);
    return proto && port;
}

} // namespace

void put_member(ipset_message& message, set_type type, const set_member& member, bool with_mark) {
    auto* data = message.begin_nest(IPSET_ATTR_DATA);
    message.put_address(IPSET_ATTR_IP, member.net.address);
    if (is_of_nets(type))
        message.put_u8(IPSET_ATTR_CIDR, member.net.prefix);
    if (has_marks(type)) {
        message.put_u16(IPSET_ATTR_PORT, member.port);
        message.put_u8(IPSET_ATTR_PROTO, member.proto);
        if (with_mark)
            message.put_u64(IPSET_ATTR_SKBMARK, std::uint64_t{member.mark} << 32U | member.mask);
    }
    message.end_nest(data);
}

void put_name(ipset_message& message, std::string_view name) {
    auto* data = message.begin_nest(IPSET_ATTR_DATA);
    message.put_text(IPSET_ATTR_NAME, name);
    message.end_nest(data);
}

std::optional<set_member> read_member(const nlattr& data, set_type type, model::family f) {
    const auto a = attributes_of(data);
    const auto net = read_net(a[IPSET_ATTR_IP], is_of_nets(type) ? a[IPSET_ATTR_CIDR] : nullptr, f);
    if (!net || is_exception(a))
        return std::nullopt;
    set_member member{.net = *net};
    if (has_marks(type)) {
        if (!read_port(a, member))
            return std::nullopt;
        const auto mark = read_u64(a[IPSET_ATTR_SKBMARK]).value_or(0);
        member.mark = static_cast<std::uint32_t>(mark >> 32U);
        member.mask = static_cast<std::uint32_t>(mark);
    }
    return member;
}

std::string read_name(const nlattr& data) {
    return read_text(attributes_of(data)[IPSET_ATTR_NAME]);
}

} // namespace nodewall::netfilter::iptables
