// The matches of a rule as the kernel wants them: the same bytes in both families.
// Sources: linux/netfilter/{x_tables,xt_set,xt_conntrack,xt_addrtype,xt_multiport}.h.
#pragma once

#include "base/error.hpp"
#include "model/ruleset.hpp"
#include "netfilter/set_ids.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

struct xt_entry_match;

namespace nodewall::netfilter {

/// What the kernel must know, with the module that brings it.
struct match_kind {
    const char* name;
    std::uint8_t revision;
    const char* module;
};
inline constexpr match_kind addrtype_match{"addrtype", 1, "xt_addrtype"};
inline constexpr match_kind conntrack_match{"conntrack", 3, "xt_conntrack"};
inline constexpr match_kind multiport_match{"multiport", 1, "xt_multiport"};
inline constexpr match_kind set_match_kind{"set", 4, "xt_set"};
inline constexpr std::array match_kinds{addrtype_match, conntrack_match, multiport_match,
                                        set_match_kind};

/// Appends the rule's matches; an unknown set is an error.
result<void> write_matches(const model::rule& r, const set_ids& ids, std::vector<std::byte>& out);

/// Reads one match into `r`; false for one that nodewall never writes. Fields that nodewall leaves
/// at zero are not looked at: compare with what write_matches() makes of the rule.
bool read_match(const xt_entry_match& match, const set_ids& ids, model::rule& r);

} // namespace nodewall::netfilter
