// The one place that decides what is new: duplicates, watch events, a list against the heads,
// imports, agent events. No input or output of its own; the same for SQLite and memory, called
// inside the append transaction.
#pragma once

#include "eventlog/ledger.hpp"
#include "model/event_sink.hpp"

namespace nodewall::eventlog {

/// Writes what the request says that the log does not have.
model::append_outcome record(const model::append_request& request, ledger& log);

} // namespace nodewall::eventlog
