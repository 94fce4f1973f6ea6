// `state` for a person.
#pragma once

#include "cli/console.hpp"
#include "compiler/overview.hpp"

namespace nodewall::cli {

/// False where nobody reads any more.
bool print_state(const view& v, const compiler::overview& all);

} // namespace nodewall::cli
