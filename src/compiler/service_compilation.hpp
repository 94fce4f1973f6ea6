// One Service to the units of its front doors.
#pragma once

#include "compiler/compiler.hpp"
#include "compiler/state_reader.hpp"
#include "model/layout.hpp"

#include <memory>
#include <vector>

namespace nodewall::compiler {

struct compiled_door {
    model::layout::door door;
    std::shared_ptr<const model::unit> unit; // nullptr: open to everyone
};

struct compiled_service {
    std::vector<compiled_door> doors; // ascending; open ones too, for they can collide
    std::vector<finding> findings;
};

compiled_service compile_service(const model::service_object& service, state_reader& reader,
                                 const model::gate_settings& s);

} // namespace nodewall::compiler
