#include "agent/notify.hpp"

namespace nodewall::agent {

void notify_ready(const std::string&) {}
void notify_status(const std::string&) {}
void notify_stopping() {}

} // namespace nodewall::agent
