// The cluster-wide kinds of policy.networking.k8s.io to the model of tiers; SEMANTICS section 4
// says what they mean.
#pragma once

#include "model/tier.hpp"

namespace nodewall::policy {

/// Of an object whose document is a model::cluster_policy_spec. A rule that is not understood
/// matches nothing where it allows, and denies all where it denies, passes or does what nobody
/// knows. A policy whose subject is not understood selects nobody. One of which the tier or the
/// priority is not understood is asked before all others, allows nobody and passes nothing on.
model::policy translate_cluster_policy(const model::policy_object& object);

} // namespace nodewall::policy
