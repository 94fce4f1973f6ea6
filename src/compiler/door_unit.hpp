// The members that shut one front door, and whom they let through.
#pragma once

#include "compiler/door_verdict.hpp"
#include "model/layout.hpp"

#include <memory>
#include <span>

namespace nodewall::compiler {

/// Refuses the door to all but those whom the verdict admits, be that everyone: so an open door can
/// stand where it is one with a shut one. `services` are those that have the door.
std::shared_ptr<const model::unit> door_unit(const model::layout::door& door,
                                             const door_verdict& verdict,
                                             std::span<const model::object_meta* const> services);

} // namespace nodewall::compiler
