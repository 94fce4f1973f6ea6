// `nodewall run`: the service on real threads, sockets, disk and kernel, until TERM or INT.
#pragma once

#include "agent/configuration.hpp"

namespace nodewall::agent {

/// Returns once stopped cleanly; the rules stay. The error says why it could not run.
result<void> run(const configuration& config, logger& lines);

} // namespace nodewall::agent
