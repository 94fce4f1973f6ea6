// Metrics in Prometheus' text format, version 0.0.4.
#pragma once

#include "agent/observe/report.hpp"

#include <string>

namespace nodewall::agent {

/// Each family once: HELP, TYPE, its samples.
std::string metrics_text(const service_report& r);

} // namespace nodewall::agent
