// The ports and protocols of a rule of Calico's.
#pragma once

#include "model/calico.hpp"
#include "model/tier.hpp"

namespace nodewall::policy {

/// Fills in the rule's ports by what `from` says of its protocol and of the destination's ports.
/// False where it never means TCP, UDP or SCTP.
bool translate_ports(const model::calico_rule& from, model::tier_rule& to);

} // namespace nodewall::policy
