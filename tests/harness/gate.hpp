// Rulesets by hand, in the form that front doors have: the fixed chains and dispatch maps of both
// families stand from the start; peers, decisions and doors are put in.
#pragma once

#include "model/front_door.hpp"
#include "ruleset/ruleset.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nodewall::ruleset {

model::ip_address ip(std::string_view text);
model::cidr block(std::string_view text);

class gate {
public:
    using stages = std::vector<std::vector<rule>>;

    gate();

    /// The blocks that every front door admits.
    void exempt(model::family f, std::vector<model::cidr> blocks);
    // Each puts a set in and returns its name.
    std::string peers(model::family f, std::string_view identity,
                      const std::vector<model::ip_address>& addresses);
    std::string blocks(model::family f, const std::vector<model::cidr>& blocks);
    /// Returns the decision's name.
    std::string decide(model::family f, stages s);
    void shut(const model::front_door& door, const std::string& decision);

    ruleset rules;
};

/// Of the family of `address`; a NodePort has none ("") and is of `f`.
model::front_door nodeport(std::uint16_t port, model::family f = model::family::ipv4,
                           model::protocol proto = model::protocol::tcp);
model::front_door external(std::string_view address, std::uint16_t port,
                           model::protocol proto = model::protocol::tcp);

/// The one stage that NetworkPolicies come to: who is in admits, else drop.
gate::stages admit_only(source_in who);

} // namespace nodewall::ruleset
