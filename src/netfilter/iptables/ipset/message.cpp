#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "netfilter/iptables/ipset/message.hpp"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>

#include <array>
#include <cassert>
#include <cstring>

namespace nodewall::netfilter::iptables {

namespace {

// A nested attribute holds at most 64 KiB; a member takes at most 100 bytes.
constexpr std::size_t message_bytes = 60'000;
constexpr std::size_t member_bytes_max = 128;
constexpr std::uint16_t in_network_order(int attribute) {
    return static_cast<std::uint16_t>(attribute | NLA_F_NET_BYTEORDER);
}

void place(ipset_attributes& all, const nlattr& attribute) {
    if (mnl_attr_get_type(&attribute) < all.size())
        all[mnl_attr_get_type(&attribute)] = &attribute;
}

template <class Number> std::optional<Number> read_number(const nlattr* attribute) {
    if (attribute == nullptr || mnl_attr_get_payload_len(attribute) != sizeof(Number))
        return std::nullopt;
    Number value;
    std::memcpy(&value, mnl_attr_get_payload(attribute), sizeof value);
    return value;
}

} // namespace

std::uint8_t nfproto(model::family f) {
    return f == model::family::ipv4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
}

ipset_message::ipset_message(ipset_cmd command, std::uint16_t flags)
    : buffer_(message_bytes + member_bytes_max), header_(mnl_nlmsg_put_header(buffer_.data())) {
    header_->nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_IPSET << 8 | command);
    header_->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    auto* generic = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(header_, sizeof(nfgenmsg)));
    generic->nfgen_family = AF_INET;
    generic->version = NFNETLINK_V0;
    put_u8(IPSET_ATTR_PROTOCOL, IPSET_PROTOCOL_MIN);
}

void ipset_message::put_text(std::uint16_t attribute, std::string_view text) {
    assert(text.size() < IPSET_MAXNAMELEN);
    std::array<char, IPSET_MAXNAMELEN> with_end{};
    std::memcpy(with_end.data(), text.data(), text.size());
    mnl_attr_put(header_, attribute, text.size() + 1, with_end.data());
}

void ipset_message::put_u8(std::uint16_t attribute, std::uint8_t value) {
    mnl_attr_put_u8(header_, attribute, value);
}

void ipset_message::put_u16(std::uint16_t attribute, std::uint16_t value) {
    mnl_attr_put_u16(header_, in_network_order(attribute), htons(value));
}

void ipset_message::put_u32(std::uint16_t attribute, std::uint32_t value) {
    mnl_attr_put_u32(header_, in_network_order(attribute), htonl(value));
}

void ipset_message::put_u64(std::uint16_t attribute, std::uint64_t value) {
    mnl_attr_put_u64(header_, in_network_order(attribute), htobe64(value));
}

void ipset_message::put_address(std::uint16_t attribute, const model::ip_address& address) {
    const bool ipv4 = address.fam() == model::family::ipv4;
    auto* nest = begin_nest(attribute);
    mnl_attr_put(header_, in_network_order(ipv4 ? IPSET_ATTR_IPADDR_IPV4 : IPSET_ATTR_IPADDR_IPV6),
                 address.size(), address.data());
    end_nest(nest);
}

nlattr* ipset_message::begin_nest(std::uint16_t attribute) {
    return mnl_attr_nest_start(header_, attribute);
}

void ipset_message::end_nest(nlattr* nest) {
    mnl_attr_nest_end(header_, nest);
}

bool ipset_message::has_room() const {
    return header_->nlmsg_len < message_bytes;
}

ipset_attributes attributes_of(const nlmsghdr& message) {
    ipset_attributes all{};
    const auto bytes = mnl_nlmsg_get_payload_len(&message);
    if (bytes < MNL_ALIGN(sizeof(nfgenmsg)))
        return all;
    for_each_attribute(mnl_nlmsg_get_payload_offset(&message, sizeof(nfgenmsg)),
                       bytes - MNL_ALIGN(sizeof(nfgenmsg)),
                       [&](const nlattr& each) { place(all, each); });
    return all;
}

ipset_attributes attributes_of(const nlattr& nest) {
    ipset_attributes all{};
    for_each_nested(nest, [&](const nlattr& each) { place(all, each); });
    return all;
}

std::string read_text(const nlattr* attribute) {
    if (attribute == nullptr)
        return {};
    const auto* text = mnl_attr_get_str(attribute);
    return {text, strnlen(text, mnl_attr_get_payload_len(attribute))};
}

std::optional<std::uint8_t> read_u8(const nlattr* attribute) {
    return read_number<std::uint8_t>(attribute);
}

std::optional<std::uint16_t> read_u16(const nlattr* attribute) {
    const auto value = read_number<std::uint16_t>(attribute);
    return value ? std::optional(ntohs(*value)) : std::nullopt;
}

std::optional<std::uint32_t> read_u32(const nlattr* attribute) {
    const auto value = read_number<std::uint32_t>(attribute);
    return value ? std::optional(ntohl(*value)) : std::nullopt;
}

std::optional<std::uint64_t> read_u64(const nlattr* attribute) {
    const auto value = read_number<std::uint64_t>(attribute);
    return value ? std::optional(be64toh(*value)) : std::nullopt;
}

std::optional<model::ip_address> read_address(const nlattr* attribute, model::family f) {
    if (attribute == nullptr || mnl_attr_get_payload_len(attribute) < MNL_ATTR_HDRLEN)
        return std::nullopt;
    const auto* address = static_cast<const nlattr*>(mnl_attr_get_payload(attribute));
    if (mnl_attr_get_payload_len(attribute) < mnl_attr_get_len(address) ||
        mnl_attr_get_payload_len(address) != model::address_bits(f) / 8)
        return std::nullopt;
    return model::ip_address::from_raw(
        f, static_cast<const std::uint8_t*>(mnl_attr_get_payload(address)));
}

} // namespace nodewall::netfilter::iptables
