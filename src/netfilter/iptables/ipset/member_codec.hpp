// Members of sets to ipset's attributes, and back.
#pragma once

#include "netfilter/iptables/ipset/message.hpp"
#include "netfilter/iptables/ipset/set.hpp"

#include <optional>
#include <string_view>

namespace nodewall::netfilter::iptables {

/// Appends the member as one IPSET_ATTR_DATA. `with_mark`: where the type has marks, its mark too;
/// to take a member out the key is enough.
void put_member(ipset_message& message, set_type type, const set_member& member, bool with_mark);
/// A member of a list:set.
void put_name(ipset_message& message, std::string_view name);

/// The member in an IPSET_ATTR_DATA of a dump; nothing for one that nodewall never makes (an
/// exception of the block around it, `nomatch`).
std::optional<set_member> read_member(const nlattr& data, set_type type, model::family f);
/// Of a list:set; empty where the attribute holds none.
std::string read_name(const nlattr& data);

} // namespace nodewall::netfilter::iptables
