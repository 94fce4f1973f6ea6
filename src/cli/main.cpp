#include "base/limits.hpp"
#include "cli/command_line.hpp"
#include "cli/program.hpp"

#include <chrono>
#include <cstdlib>
#include <thread>

namespace nodewall::cli {
namespace {

/// Our unit is restarted at once when it ends, for a crash must not leave the kernel alone. What
/// cannot even start (no kubeconfig yet) ends no sooner than this after its start.
void pace_restarts(std::chrono::steady_clock::time_point begun) {
    if (std::getenv("NOTIFY_SOCKET") != nullptr)
        std::this_thread::sleep_until(begun + limits::failed_start_least);
}

} // namespace
} // namespace nodewall::cli

int main(int argc, char** argv) {
    const auto begun = std::chrono::steady_clock::now();
    const int code = nodewall::cli::run_program(argc, argv, nodewall::agent::standard_kinds());
    if (code != nodewall::cli::exit_code::done)
        nodewall::cli::pace_restarts(begun);
    return code;
}
