// Messages of ipset's netlink protocol, written and read through libmnl.
// Source: linux/netfilter/ipset/ip_set.h; the protocol's version 6 is understood by every kernel.
//
// Why not libipset: it reads a set back as printed text only, and needs 5 ms to add a thousand
// members (measured; this way takes a tenth).
#pragma once

#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "base/error.hpp"
#include "model/address.hpp"

#include <libmnl/libmnl.h>
#include <linux/netfilter/ipset/ip_set.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nodewall::netfilter::iptables {

/// NFPROTO_IPV4 or NFPROTO_IPV6.
std::uint8_t nfproto(model::family f);

/// One request in the making.
class ipset_message {
public:
    /// `flags` beside NLM_F_REQUEST and NLM_F_ACK. Without NLM_F_EXCL, what is there already (or
    /// gone already) is fine.
    explicit ipset_message(ipset_cmd command, std::uint16_t flags = 0);

    void put_text(std::uint16_t attribute, std::string_view text);
    void put_u8(std::uint16_t attribute, std::uint8_t value);
    void put_u16(std::uint16_t attribute, std::uint16_t value); // network order
    void put_u32(std::uint16_t attribute, std::uint32_t value); // network order
    void put_u64(std::uint16_t attribute, std::uint64_t value); // network order
    void put_address(std::uint16_t attribute, const model::ip_address& address);

    nlattr* begin_nest(std::uint16_t attribute);
    void end_nest(nlattr* nest);

    /// Whether one more member fits.
    bool has_room() const;

    nlmsghdr& header() { return *header_; }

private:
    std::vector<char> buffer_;
    nlmsghdr* header_;
};

/// Walks whole attributes only; bytes that are none end the walk. Not by libmnl, whose calls for
/// each attribute show where a kernel with 200,000 members is read.
template <class Visitor>
void for_each_attribute(const void* first, std::size_t bytes, Visitor&& visit) {
    const auto* at = static_cast<const char*>(first);
    while (bytes >= sizeof(nlattr)) {
        const auto* each = reinterpret_cast<const nlattr*>(at);
        if (each->nla_len < sizeof(nlattr) || each->nla_len > bytes)
            return;
        visit(*each);
        const auto taken = std::min<std::size_t>(NLA_ALIGN(each->nla_len), bytes);
        at += taken;
        bytes -= taken;
    }
}

template <class Visitor> void for_each_nested(const nlattr& nest, Visitor&& visit) {
    for_each_attribute(mnl_attr_get_payload(&nest), mnl_attr_get_payload_len(&nest),
                       std::forward<Visitor>(visit));
}

/// Attributes by number, at one level of nesting; null: absent.
using ipset_attributes = std::array<const nlattr*, 32>;
ipset_attributes attributes_of(const nlmsghdr& message);
ipset_attributes attributes_of(const nlattr& nest);

// Nothing (or an empty text) where the attribute is absent or has another shape.
std::string read_text(const nlattr* attribute);
std::optional<std::uint8_t> read_u8(const nlattr* attribute);
std::optional<std::uint16_t> read_u16(const nlattr* attribute); // network order
std::optional<std::uint32_t> read_u32(const nlattr* attribute); // network order
std::optional<std::uint64_t> read_u64(const nlattr* attribute); // network order
std::optional<model::ip_address> read_address(const nlattr* attribute, model::family f);

} // namespace nodewall::netfilter::iptables
