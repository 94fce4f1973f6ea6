// What was read of the kernel as images, and as the ruleset that it comes to.
#pragma once

#include "netfilter/iptables/kernel/port.hpp"
#include "netfilter/iptables/layout/image.hpp"
#include "ruleset/ruleset.hpp"

#include <vector>

namespace nodewall::netfilter::iptables {

/// Reads the family's part. Adds to `rules` what packets can reach: the fixed chains, the dispatch
/// maps, doors with their decisions, and the shared sets that those read. What nodewall would never
/// have written stands there as something that no compiler makes (a chain that leads to "?", a door
/// whose decision is "NW-D-?"), so that it differs from every compiled ruleset.
image read_family(const table_content& table, const std::vector<const set_content*>& sets,
                  model::family f, const mark_bits& bits, ruleset::ruleset& rules);

} // namespace nodewall::netfilter::iptables
