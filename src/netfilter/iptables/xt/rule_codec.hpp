// xt_rule to the bytes of an ipt_entry or ip6t_entry, and back.
#pragma once

#include "base/error.hpp"
#include "netfilter/iptables/xt/entry_format.hpp"
#include "netfilter/iptables/xt/extensions.hpp"
#include "netfilter/iptables/xt/rule.hpp"
#include "netfilter/iptables/xt/set_ids.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace nodewall::netfilter::iptables {

/// The entry as libiptc takes it: the target by name, counters zero.
template <class Format> result<std::vector<std::byte>> encode(const xt_rule& r, const set_ids& ids);

/// The rule that the entry is, if encode() makes exactly such entries (counters and the kernel's
/// own fields apart); `target` is libiptc's name for where it leads, `is_chain` whether that is a
/// chain. Nothing for any other entry.
template <class Format> std::optional<xt_rule> decode(const typename Format::entry& entry,
                                                      std::string_view target, bool is_chain,
                                                      const set_ids& ids);

extern template result<std::vector<std::byte>> encode<ipv4_format>(const xt_rule&, const set_ids&);
extern template result<std::vector<std::byte>> encode<ipv6_format>(const xt_rule&, const set_ids&);
extern template std::optional<xt_rule> decode<ipv4_format>(const ipt_entry&, std::string_view, bool,
                                                           const set_ids&);
extern template std::optional<xt_rule> decode<ipv6_format>(const ip6t_entry&, std::string_view,
                                                           bool, const set_ids&);

} // namespace nodewall::netfilter::iptables
