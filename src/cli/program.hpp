// The whole program but for main(): a test's program has kinds of its own.
#pragma once

#include "agent/known_kinds.hpp"

namespace nodewall::cli {

/// Does what the command line says; the exit code.
int run_program(int argc, char** argv, const agent::known_kinds& known);

} // namespace nodewall::cli
