// Services and EndpointSlices that no proxy serves which works through netfilter on this node: they
// have no doors and no backends here (SEMANTICS section 6), and are told.
#pragma once

#include "compiler/finding.hpp"
#include "compiler/tracking/state_reader.hpp"
#include "model/gate_settings.hpp"

#include <vector>

namespace nodewall::compiler {

/// Of the Service itself, or else of those of its slices that its own proxy passes over.
std::vector<finding> ignored_of(const model::service_object& service, const state_reader& reader,
                                const model::gate_settings& s);

} // namespace nodewall::compiler
