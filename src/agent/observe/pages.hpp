// What the Unix socket and `--listen` serve: /healthz, /readyz, /metrics, /status.
#pragma once

#include "agent/observe/report.hpp"
#include "http/server.hpp"

#include <functional>

namespace nodewall::agent {

http::request_handler make_pages(std::function<service_report()> report);

} // namespace nodewall::agent
