// model::set_member to ipset's attributes, and back.
#pragma once

#include "model/ruleset.hpp"
#include "netfilter/ipset_message.hpp"

#include <optional>

namespace nodewall::netfilter {

/// Appends the member as one IPSET_ATTR_DATA.
void put_member(ipset_message& message, model::set_type type, const model::set_member& member);

/// The member in an IPSET_ATTR_DATA of a dump; nothing for one that nodewall never makes (an
/// exception of the block around it, `nomatch`).
std::optional<model::set_member> read_member(const nlattr& data, model::set_type type,
                                             model::family f);

} // namespace nodewall::netfilter
