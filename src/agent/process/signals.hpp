// What signals ask of the service, and the words to the service manager that go with it.
#pragma once

#include "agent/process/reload.hpp"

#include <boost/asio/signal_set.hpp>

namespace nodewall::agent {

/// Ends at TERM or INT; what does not end within limits::stop_grace from then on is left behind.
async::awaitable<void> until_stopped(logger& logger);

/// Reloads at each HUP until cancelled. The service manager hears of it once `enforcing`: before,
/// the start-up is not complete.
async::awaitable<void> reload_on(boost::asio::signal_set& hang_ups, reloader& reloads,
                                 const bool& enforcing, async::clock& time);

} // namespace nodewall::agent
