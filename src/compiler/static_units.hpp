// The units that no Service brings: chains, definitions of sets, and the addresses of pods
// (model/layout.hpp draws them). They exist in both families, with front doors or without.
#pragma once

#include "compiler/compiler.hpp"

#include <memory>
#include <span>
#include <vector>

namespace nodewall::compiler {

/// They depend on the settings alone. A family without always_admit has neither the set nor the
/// rule for it.
std::vector<std::shared_ptr<const model::unit>> static_units(const model::gate_settings& s);

/// The members of NW-PODS within one block (model::layout::pods_block), of which these are all.
std::shared_ptr<const model::unit> pods_unit(const model::cidr& block,
                                             std::span<const model::ip_address> addresses);

} // namespace nodewall::compiler
