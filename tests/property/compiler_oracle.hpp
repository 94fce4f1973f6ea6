// Whether a front door admits a connection, found the slow and plain way from the objects alone:
// one source at a time, no sets, no indexes, nothing of the compiler or of policy/.
#pragma once

#include "model/cluster_state.hpp"
#include "ruleset/evaluator.hpp"

#include <optional>
#include <string>

namespace nodewall::test {

/// For settings without node port addresses, always-admitted sources, vital ports and other
/// proxies. Nothing where nobody can know it.
std::optional<bool> oracle_admits(const model::objects& objects, bool endpoint_slices_known,
                                  const std::string& node_name, const ruleset::packet& c);

} // namespace nodewall::test
