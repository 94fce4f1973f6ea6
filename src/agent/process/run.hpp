// `nodewall run`: the service on real threads, sockets, disk and kernel, until TERM or INT. HUP has
// it read its configuration anew.
#pragma once

#include "agent/known_kinds.hpp"
#include "agent/process/configuration.hpp"

namespace nodewall::agent {

/// Returns once stopped cleanly; the rules stay. The error says why it could not run. `reread`
/// gives the configuration at a reload; `known`: the kinds that it follows.
result<void> run(const configuration& config, const configuration_source& reread,
                 const known_kinds& known, logger& logger);

} // namespace nodewall::agent
