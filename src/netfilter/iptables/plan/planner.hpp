// From what one family's kernel holds to a ruleset: the steps. Pure.
//
// At every instant each connection gets the verdict of the ruleset before or of the one after:
//
//   1. New instances of sets and empty slots are filled; no packet reaches them.
//   2. Members come (walk.hpp says which; nearly always all that come).
//   3. Doors turn, one member of a dispatch map each: those first that were open, then those that
//   go
//      from one decision to another, last those that open. Where an address and port are in two
//      maps the first decides; so those that shut go from the first map to the last, and those that
//      open from the last to the first: what the lower map says is in force before the upper one
//      lets go.
//   4. Members go.
//
// A decision that only admits and changes in its blocks alone keeps its slot: the blocks that it
// gains come in 2, those that it loses go in 4.
//
// Where there is no empty slot of a shape the table is committed with more of them, between 1
// and 2. What needs no new slot goes before that, as a plan of its own, if the doors that wait get
// no verdict of neither side by it.
//
// Where the fixed chains change together with anything else, everything turns with the commit: new
// dispatch maps hold every door, and sets that change get new instances.
#pragma once

#include "base/error.hpp"
#include "netfilter/iptables/layout/image.hpp"
#include "netfilter/iptables/plan/step.hpp"
#include "ruleset/ruleset.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace nodewall::netfilter::iptables {

/// `from`: what the image stands for. Costs what differs, as far as no table commit is due.
result<family_plan> make_plan(const image& i, const ruleset::ruleset& from,
                              std::shared_ptr<const ruleset::ruleset> to);

/// What no packet can reach is emptied and destroyed, then room is laid out for what may come.
result<family_plan> make_tidy_plan(const image& i);
/// So many slots that no door leads to, and so many sets that nothing reads, of one family, may
/// stand before an apply takes the oldest away first. Tidying, which does so in good time, waits
/// for a second without an apply; so many applies take longer than that.
inline constexpr std::size_t left_over_max = 256;
/// Takes away what is over that bound.
std::vector<step> take_surplus_away(const image& i);
/// Whether there is something for make_tidy_plan() to do.
bool is_untidy(const image& i);

} // namespace nodewall::netfilter::iptables
