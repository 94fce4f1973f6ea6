// The verbs, one file each. Each returns an exit code; what failed has been said on standard error.
#pragma once

#include "cli/command_line.hpp"

namespace nodewall::cli {

int run_service(const run_options& options, const agent::known_kinds& known);
int import_files(const import_options& options, const agent::known_kinds& known);
int show_log(const log_options& options);
int verify_log(const log_verify_options& options);
int copy_log(const log_copy_options& options);
int replay(const replay_options& options, const agent::known_kinds& known);
int show_rules(const rules_options& options, const agent::known_kinds& known);
int explain_connections(const explain_options& options, const agent::known_kinds& known);
int check_kernel(const check_options& options, const agent::known_kinds& known);
int show_state(const state_options& options, const agent::known_kinds& known);
int show_status(const status_options& options);
int reset_kernel(const reset_options& options);

} // namespace nodewall::cli
