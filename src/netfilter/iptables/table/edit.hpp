// What of a table bears our name, and the edits that make it what it shall be.
#pragma once

#include "netfilter/iptables/table/snapshot.hpp"
#include "ruleset/ruleset.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nodewall::netfilter::iptables {

inline bool is_ours(std::string_view name) {
    return name.starts_with(ruleset::prefix);
}

/// Our chains, as they were found.
struct table_content {
    /// Each with the built-in chain that holds the only jump to it, wherever the jump stands there;
    /// one that is not at the head is named in a remark.
    std::vector<xt_chain> chains;
    /// What a person should know: a jump that is not at the head, twice, or missing; a rule in our
    /// chains that nodewall would never write (it stands there as one that leads to chain "?").
    std::vector<std::string> remarks;
};
table_content describe(table_snapshot& table, model::family f);

/// Edits the snapshot so that our chains are exactly `chains`, each with one jump in its hook: put
/// at the head where it is missing, left where it is. Rules that stay are not touched, so that they
/// keep their counters. Returns whether anything was edited.
result<bool> edit(table_snapshot& table, const std::vector<xt_chain>& chains);

} // namespace nodewall::netfilter::iptables
