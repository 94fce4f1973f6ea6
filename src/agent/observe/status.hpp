// The page /status: what `nodewall status` shows, as JSON (docs/OPERATIONS.md, "Is it well?").
#pragma once

#include "agent/observe/report.hpp"

#include <string>

namespace nodewall::agent {

/// One object, one line. Times are RFC 3339 or null; texts of errors are empty where all is well.
std::string status_json(const service_report& r);

} // namespace nodewall::agent
