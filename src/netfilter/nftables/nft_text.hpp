// A ruleset as a text for `nft -f`: one `inet` table "nodewall" for both families, which replaces
// the one that stands.
//
//     base chain NW-PREROUTING      at the hook, priority mangle; jumps to the family's own
//     NW-PREROUTING-4, NW-DOORS-4   the fixed chains, with the family behind their names
//     NW-D-HASH, NW-D-HASH-1        decisions and their stages; those that are the same in both
//                                   families stand once
//     NW-D-HASH.3                   what the third rule of a chain needs beside it: nft has no
//     "or",
//                                   and a rule that does not end the walk may act once only
//
// A dispatch map is a map of verdicts (goto), a peer set a set of addresses, a set of blocks a set
// of intervals: its blocks must be disjoint, or the kernel refuses them.
#pragma once

#include "ruleset/ruleset.hpp"

#include <string>

namespace nodewall::netfilter {

std::string to_nft(const ruleset::ruleset& rules);

} // namespace nodewall::netfilter
