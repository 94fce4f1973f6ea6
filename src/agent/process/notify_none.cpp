#include "agent/process/notify.hpp"

namespace nodewall::agent {

void notify_ready(const std::string&) {}
void notify_status(const std::string&) {}
void notify_stopping() {}
void notify_reloading(std::chrono::nanoseconds) {}
void notify_watchdog() {}

std::optional<std::chrono::microseconds> watchdog_interval() {
    return std::nullopt;
}

} // namespace nodewall::agent
