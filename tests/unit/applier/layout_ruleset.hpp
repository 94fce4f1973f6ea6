// Rulesets in the layout of model/layout.hpp, for tests of what programs and reads them.
#pragma once

#include "model/layout.hpp"
#include "model/ruleset.hpp"

#include <vector>

namespace nodewall::test {

/// The chains and the empty sets of one family; `vital` are the ports that NW-EXTERNAL never shuts.
void put_layout(model::ruleset& rules, model::family f,
                const std::vector<std::uint16_t>& vital = {22, 6443});
/// Both families.
model::ruleset bare_layout();

/// The door is refused to everyone but the sources given.
void put_door(model::ruleset& rules, const model::layout::door& door,
              const std::vector<model::cidr>& admitted);

/// A set that no door brings members to, with its members.
void put_set(model::ruleset& rules, const model::set_definition& set,
             std::vector<model::set_member> members);

/// Addresses that pods own.
void put_pods(model::ruleset& rules, const std::vector<model::ip_address>& addresses);

model::ip_address ip(std::string_view text);
model::cidr block(std::string_view text);
model::layout::door nodeport(model::protocol proto, std::uint16_t port,
                             model::family f = model::family::ipv4);

} // namespace nodewall::test
