// What every verb says on its streams: errors, progress, lines of JSON.
#pragma once

#include "agent/history/history.hpp"
#include "base/error.hpp"
#include "cli/command_line.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace nodewall::cli {

/// "nodewall: MESSAGE" on standard error. Returns the exit code: usage for a bad configuration or
/// something not in this version, failed for everything else.
int fail(const error& e);

/// Text on standard output, printable whatever the API server, a file or a log put into it; false
/// where nobody reads any more.
bool print_text(std::string_view text);
/// One line on standard output; false where nobody reads any more.
bool print_line(std::string_view line);
bool print_json(const boost::json::object& object);

/// A progress line on standard error, on a terminal only, for work that takes over a second.
agent::progress_function progress(std::string what);
/// Ends the progress line, if one was begun.
void end_progress();

/// The log opened for reading, the state at the point, and what is in force there.
struct view {
    agent::history history;
    model::gate_settings settings;
    std::uint32_t mark_mask; // the iptables backend's
    std::unique_ptr<eventlog::log_reader> log;
};
result<view> load_view(const view_options& options, const agent::known_kinds& known,
                       agent::projected keeps = agent::projected::everything);

} // namespace nodewall::cli
