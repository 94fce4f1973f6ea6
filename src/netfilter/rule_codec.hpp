// model::rule to the bytes of an ipt_entry or ip6t_entry, and back.
#pragma once

#include "base/error.hpp"
#include "model/ruleset.hpp"
#include "netfilter/entry_format.hpp"
#include "netfilter/rule_matches.hpp"
#include "netfilter/set_ids.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace nodewall::netfilter {

/// The entry as libiptc takes it: the target by name, counters zero.
template <class Format>
result<std::vector<std::byte>> encode(const model::rule& r, const set_ids& ids);

/// The rule that the entry is, if encode() makes exactly such entries (counters and the kernel's
/// own fields apart); `target` is libiptc's name for where it leads, `is_chain` whether that is a
/// chain. Nothing for any other entry.
template <class Format> std::optional<model::rule> decode(const typename Format::entry& entry,
                                                          std::string_view target, bool is_chain,
                                                          const set_ids& ids);

extern template result<std::vector<std::byte>> encode<ipv4_format>(const model::rule&,
                                                                   const set_ids&);
extern template result<std::vector<std::byte>> encode<ipv6_format>(const model::rule&,
                                                                   const set_ids&);
extern template std::optional<model::rule> decode<ipv4_format>(const ipt_entry&, std::string_view,
                                                               bool, const set_ids&);
extern template std::optional<model::rule> decode<ipv6_format>(const ip6t_entry&, std::string_view,
                                                               bool, const set_ids&);

} // namespace nodewall::netfilter
