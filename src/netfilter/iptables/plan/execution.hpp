// Steps carried out.
#pragma once

#include "netfilter/iptables/kernel/port.hpp"
#include "netfilter/iptables/plan/step.hpp"
#include "ruleset/dataplane.hpp"

namespace nodewall::netfilter::iptables {

/// Counts what was done.
result<void> perform(kernel_port& kernel, model::family f, const kernel_step& s,
                     ruleset::apply_outcome& outcome);

} // namespace nodewall::netfilter::iptables
