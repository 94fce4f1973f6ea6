// `nodewall run`: the service on real threads, sockets, disk and kernel, until TERM or INT. HUP has
// it read its configuration anew.
#pragma once

#include "agent/process/configuration.hpp"

namespace nodewall::agent {

/// Returns once stopped cleanly; the rules stay. The error says why it could not run. `reread`
/// gives the configuration at a reload.
result<void> run(const configuration& config, const configuration_source& reread, logger& logger);

} // namespace nodewall::agent
