// The extensions of a rule, its matches and its target, as the kernel wants them: the same bytes in
// both families.
// Sources: linux/netfilter/{x_tables,xt_set,xt_conntrack,xt_addrtype,xt_multiport,xt_mark,
// xt_NFLOG}.h.
#pragma once

#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "base/error.hpp"
#include "netfilter/iptables/xt/rule.hpp"
#include "netfilter/iptables/xt/set_ids.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

struct xt_entry_match;
struct xt_entry_target;

namespace nodewall::netfilter::iptables {

/// What the kernel must know, with the module that brings it.
struct extension {
    const char* name;
    std::uint8_t revision;
    const char* module;
};
inline constexpr extension addrtype_extension{"addrtype", 1, "xt_addrtype"};
inline constexpr extension conntrack_extension{"conntrack", 3, "xt_conntrack"};
inline constexpr extension multiport_extension{"multiport", 1, "xt_multiport"};
inline constexpr extension mark_match_extension{"mark", 1, "xt_mark"};
inline constexpr extension set_match_extension{"set", 4, "xt_set"};
inline constexpr std::array matches_needed{addrtype_extension, conntrack_extension,
                                           multiport_extension, mark_match_extension,
                                           set_match_extension};

inline constexpr extension set_target_extension{"SET", 3, "xt_set"};
inline constexpr extension mark_target_extension{"MARK", 2, "xt_mark"};
/// Only rules that note a packet need it.
inline constexpr extension nflog_extension{"NFLOG", 0, "xt_NFLOG"};
inline constexpr std::array targets_needed{set_target_extension, mark_target_extension};

/// Appends the rule's matches; an unknown set is an error.
result<void> write_matches(const xt_rule& r, const set_ids& ids, std::vector<std::byte>& out);
/// Appends the target, under the name that libiptc wants: RETURN, DROP, a chain, an extension.
result<void> write_target(const xt_target& t, const set_ids& ids, std::vector<std::byte>& out);

// Both read what nodewall writes, and say false for anything else. What nodewall leaves at zero is
// not looked at: compare with the bytes that the rule is written as.
bool read_match(const xt_entry_match& match, const set_ids& ids, xt_rule& r);
/// `label` is libiptc's name for the target, `is_chain` whether that is a chain.
bool read_target(const xt_entry_target& target, std::string_view label, bool is_chain, bool is_goto,
                 const set_ids& ids, xt_rule& r);

} // namespace nodewall::netfilter::iptables
