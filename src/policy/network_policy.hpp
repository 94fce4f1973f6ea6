// NetworkPolicy (networking.k8s.io/v1) to the model of tiers; SEMANTICS section 2 says what it
// means.
#pragma once

#include "model/tier.hpp"

namespace nodewall::policy {

/// Of an object whose document is a model::network_policy_spec. Parts that make no sense match
/// nobody and are named in `not_understood`; a rule with a selector that is not valid admits nobody
/// at all and is left out.
model::policy translate_network_policy(const model::policy_object& object);

} // namespace nodewall::policy
