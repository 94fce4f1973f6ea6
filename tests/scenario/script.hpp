// Scenario scripts: files of steps, each some command lines, a line `----`, and the text that they
// are expected to print, up to an empty line. Lines that begin with `#` are for the reader.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace nodewall::test {

/// Performs one command line and returns what it prints, each line ended by a newline. A command
/// that it does not know is an exception.
using command = std::function<std::string(const std::string& line)>;

/// Runs each script named in the arguments with a command made for it. Prints every step whose text
/// differs; with `--rewrite` before the names, or NODEWALL_REWRITE=1 in the environment, puts what
/// was printed in its place. Returns main's exit code.
int run_scripts(int argc, char** argv, const std::function<command()>& make_command);

/// The same with a Session of its own for each script, whose perform() does the commands.
template <class Session> int run_scripts_of(int argc, char** argv) {
    return run_scripts(argc, argv, [] {
        return [session = std::make_shared<Session>()](const std::string& line) {
            return session->perform(line);
        };
    });
}

} // namespace nodewall::test
