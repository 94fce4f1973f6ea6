// The Unix socket that `nodewall status` asks at.
#pragma once

#include "agent/process/configuration.hpp"
#include "http/server.hpp"

#include <optional>

namespace nodewall::agent {

/// Listens where the configuration says; the default's folder is made (0755) where it is missing.
/// Nothing: none is wanted, or the default cannot be had here, which a warning says. A path that
/// was asked for and cannot be had is an error; so is one where another service answers.
result<std::optional<http::listener>>
open_control_socket(const async::executor& where, const configuration& config, logger& logger);

/// The page `target` of the service behind the socket. errc::no_service says how to start one.
result<std::string> ask_service(const std::string& socket, const std::string& target);

} // namespace nodewall::agent
