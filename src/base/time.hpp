// Points in time as nanoseconds since the Unix epoch, UTC, and their text form, RFC 3339.
// Nothing here reads a clock.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace nodewall {

using timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

/// Where the present comes from; injected wherever it is needed. Called from any thread.
using now_function = std::function<timestamp()>;

/// "2026-11-23T08:40:00.123456789Z"; a fraction has three, six or nine digits,
/// one of zero is left out.
std::string to_rfc3339(timestamp when);

/// Accepts a fraction of up to nine digits and any offset; a time without a zone is refused.
result<timestamp> parse_rfc3339(std::string_view text);

} // namespace nodewall
