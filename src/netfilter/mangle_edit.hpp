// What of a table bears our name, and the edits that make it what it shall be.
#pragma once

#include "model/dataplane.hpp"
#include "netfilter/mangle_snapshot.hpp"

#include <vector>

namespace nodewall::netfilter {

/// Our chains. A chain's hook is the built-in chain that holds the only jump to it, wherever the
/// jump stands there; one that is not at the head is named in a remark. A rule that nodewall would
/// never write is remarked too, and stands there as one that leads to chain "?".
model::kernel_snapshot::table describe(mangle_snapshot& table, model::family f);

/// Edits the snapshot so that our chains are exactly `chains`, each with one jump in its hook: put
/// at the head where it is missing, left where it is. Rules that stay are not touched, so that they
/// keep their counters. Returns whether anything was edited.
result<bool> edit(mangle_snapshot& table, const std::vector<model::chain>& chains);

} // namespace nodewall::netfilter
