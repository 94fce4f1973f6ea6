// The first row of every log.
#pragma once

#include "eventlog/ledger.hpp"

#include <array>
#include <cstdint>

namespace nodewall::eventlog {

/// `random_uuid` becomes the log's UUID (version 4).
void write_genesis(ledger& log, timestamp now, std::array<std::uint8_t, 16> random_uuid);

} // namespace nodewall::eventlog
