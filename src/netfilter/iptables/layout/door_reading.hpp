// The doors that the dispatch maps in the kernel lead to slots.
#pragma once

#include "netfilter/iptables/ipset/set.hpp"
#include "netfilter/iptables/layout/image.hpp"

#include <map>
#include <string>

namespace nodewall::netfilter::iptables {

using sets_by_name = std::map<std::string, const set_content*, std::less<>>;

/// Fills the image's entries, the doors of its slots, and its stale members (those that are no
/// door's included). A door that leads nowhere gets an entry in `rules` whose decision is unknown.
void read_doors(image& i, const sets_by_name& sets, ruleset::ruleset& rules);

/// The unit of a door; `decision` by its name.
std::shared_ptr<const ruleset::unit> door_unit(model::family f, const std::string& map,
                                               const ruleset::key& at, std::string decision);

} // namespace nodewall::netfilter::iptables
