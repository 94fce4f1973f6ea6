// Calico's GlobalNetworkPolicy and NetworkPolicy to the model of tiers; POLICY-APIS section 5 says
// what they mean.
//
// Choices, where Calico's own code and the text of its API differ or nodewall knows less:
// - A namespaceSelector means namespaces, negated tests included; what is in none is meant by
//   global() alone.
// - A selector of service accounts means those that the log knows.
// - What a rule says of the ports of the source, no front door can ask: a rule that allows then
//   means nobody, one that denies or passes denies as if it did not say so.
#pragma once

#include "model/cluster_state.hpp"
#include "model/tier.hpp"

namespace nodewall::policy {

/// Of an object whose document is a model::calico_policy_spec.
model::policy translate_calico_policy(const model::policy_object& object,
                                      const model::objects& among);

} // namespace nodewall::policy
