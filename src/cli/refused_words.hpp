// What is said of a command line that is not understood.
#pragma once

#include "cli/command_line.hpp"

namespace CLI {
class App;
class ParseError;
} // namespace CLI

namespace nodewall::cli {

/// The help or version that was asked for, or which word is wrong and what was probably meant.
answer refused(const CLI::App& app, const CLI::ParseError& e);

} // namespace nodewall::cli
