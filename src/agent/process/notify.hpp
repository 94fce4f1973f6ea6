// Words to the service manager (sd_notify(3)). Without libsystemd they go nowhere.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace nodewall::agent {

void notify_ready(const std::string& status);
void notify_status(const std::string& status);
void notify_stopping();
/// `now`: CLOCK_MONOTONIC. notify_ready() ends it.
void notify_reloading(std::chrono::nanoseconds now);
void notify_watchdog();
/// Within which interval it wants to hear from this process; nothing: it does not.
std::optional<std::chrono::microseconds> watchdog_interval();

} // namespace nodewall::agent
