// The two shapes of an iptables rule in the kernel, so that one codec serves both families.
// Sources: linux/netfilter_ipv4/ip_tables.h, linux/netfilter_ipv6/ip6_tables.h.
#pragma once

#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "model/address.hpp"

#include <climits> // INT_MAX in ip_tables.h

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include <cstdint>

namespace nodewall::netfilter::iptables {

struct ipv4_format {
    using entry = ipt_entry;
    static constexpr auto fam = model::family::ipv4;
    static constexpr std::uint8_t goto_flag = IPT_F_GOTO;
    static constexpr std::uint8_t proto_flag = 0;
    static auto& head(entry& e) { return e.ip; }
    static const auto& head(const entry& e) { return e.ip; }
};

struct ipv6_format {
    using entry = ip6t_entry;
    static constexpr auto fam = model::family::ipv6;
    static constexpr std::uint8_t goto_flag = IP6T_F_GOTO;
    static constexpr std::uint8_t proto_flag = IP6T_F_PROTO;
    static auto& head(entry& e) { return e.ipv6; }
    static const auto& head(const entry& e) { return e.ipv6; }
};

} // namespace nodewall::netfilter::iptables
