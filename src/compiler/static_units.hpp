// The units that no Service brings: chains, definitions of sets, and the addresses of pods
// (model/layout.hpp draws them). They exist in both families, with front doors or without.
#pragma once

#include "compiler/compiler.hpp"

#include <memory>
#include <span>
#include <vector>

namespace nodewall::compiler {

/// All but the pods' sets; they depend on the settings alone. A family without always_admit has
/// neither the set nor the rule for it.
std::vector<std::shared_ptr<const model::unit>> static_units(const model::gate_settings& s);

/// The set NW-PODS of the family with these addresses.
std::shared_ptr<const model::unit> pods_unit(model::family f,
                                             std::span<const model::ip_address> addresses);

} // namespace nodewall::compiler
