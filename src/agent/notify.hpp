// Words to the service manager (sd_notify(3)). Without libsystemd they go nowhere.
#pragma once

#include <string>

namespace nodewall::agent {

void notify_ready(const std::string& status);
void notify_status(const std::string& status);
void notify_stopping();

} // namespace nodewall::agent
