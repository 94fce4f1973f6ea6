// The command line to plain values. CLI11 stays in command_line.cpp.
#pragma once

#include "agent/history/history.hpp"
#include "base/log.hpp"
#include "explain/question.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace nodewall::cli {

/// Exit codes that scripts rely on (docs/OPERATIONS.md).
namespace exit_code {
inline constexpr int done = 0;     ///< also: the answer is yes
inline constexpr int negative = 1; ///< the answer is no: differs, invalid, denied
inline constexpr int usage = 2;    ///< wrong usage or configuration
inline constexpr int failed = 3;   ///< the operation failed
inline constexpr int neither = 4;  ///< the answer is neither yes nor no: mixed, unknown
} // namespace exit_code

enum class output : std::uint8_t { text, json };

struct run_options {
    agent::configuration config;
    agent::configuration_source reread; ///< the same file and flags, read again
};

struct import_options {
    std::string db;
    std::vector<std::string> files;
    bool deletions = false;
    bool whole_bodies = false;
    output out = output::text;
};

struct log_options {
    std::string db;
    eventlog::event_filter which;
    std::optional<std::uint64_t> last; ///< only so many of the newest
    bool follow = false;
    bool local_time = false;
    output out = output::text;
};

struct log_verify_options {
    std::string db;
    output out = output::text;
};

struct log_copy_options {
    std::string db;
    std::string to;
};

/// What replay, rules, explain, check and state have in common: which log, which point, for which
/// node.
struct view_options {
    std::string db;
    agent::point at;
    std::optional<std::string> node;
    output out = output::text;
};

struct replay_options {
    view_options view;
    bool apply = false;
};

enum class rules_format : std::uint8_t { iptables, nft };

/// One connection, for `rules --ask`.
struct rules_question {
    model::ip_address from;
    std::optional<model::ip_address> to; ///< absent: an address of the node
    std::uint16_t port = 0;
    model::protocol proto = model::protocol::tcp;
};

struct rules_options {
    view_options view;
    rules_format format = rules_format::iptables;
    bool digest = false;
    std::optional<rules_question> asked;
};

struct explain_options {
    view_options view;
    std::optional<explain::question> asked; ///< absent: lines of standard input
};

struct check_options {
    view_options view;
};

struct state_options {
    view_options view;
    std::string namespace_; ///< empty: all
};

struct status_options {
    std::string socket{agent::default_socket};
    output out = output::text;
};

struct reset_options {
    output out = output::text;
};

/// The text is for standard output (--help, --version) or, with a code, for standard error.
struct answer {
    int code = exit_code::done;
    std::string text;
};

using command = std::variant<answer, run_options, import_options, log_options, log_verify_options,
                             log_copy_options, replay_options, rules_options, explain_options,
                             check_options, state_options, status_options, reset_options>;

command parse_command_line(int argc, const char* const* argv);

} // namespace nodewall::cli
