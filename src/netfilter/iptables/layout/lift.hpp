// From what was read of the kernel to units of a ruleset.
#pragma once

#include "netfilter/iptables/layout/door_reading.hpp"
#include "netfilter/iptables/layout/image.hpp"

#include <vector>

namespace nodewall::netfilter::iptables {

/// Tells what the slots hold (`contents`, by number; lists are instances' names), which instances
/// are current, and puts everything that packets can reach into `rules`.
void lift(image& i, const sets_by_name& sets, std::vector<std::vector<source>> contents,
          ruleset::ruleset& rules);

} // namespace nodewall::netfilter::iptables
