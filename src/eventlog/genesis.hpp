// The first row of every log.
#pragma once

#include "eventlog/ledger.hpp"

#include <array>
#include <cstdint>

namespace nodewall::eventlog {

/// `chance` becomes the log's UUID (version 4).
void write_genesis(ledger& log, timestamp now, std::array<std::uint8_t, 16> chance);

} // namespace nodewall::eventlog
