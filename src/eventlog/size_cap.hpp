// Keeps the log under log.maxBytes: cuts the oldest events that no head needs
// (schema/EVENT_LOG.md, "Cut").
#pragma once

#include "eventlog/event_table.hpp"

namespace nodewall::eventlog {

/// SQLite copies the WAL into the database when it reaches this; it counts against the cap.
inline constexpr std::uint64_t wal_bytes = 8U << 20U;

class size_cap {
public:
    size_cap(database& db, event_table& table, ledger& log, std::uint64_t bytes_max);

    /// Cuts, in transactions of their own, until the log is under its cap. errc::disk_full where
    /// what is left cannot go.
    void make_room(timestamp now);
    void set_bytes_max(std::uint64_t bytes) { bytes_max_ = bytes; }

private:
    std::uint64_t bytes_in_use();
    bool discard_checkpoint();
    void cut(std::uint64_t beginning, timestamp now);

    database& db_;
    event_table& table_;
    ledger& log_;
    std::uint64_t bytes_max_;
    statement pages_, free_pages_;
};

/// What live objects may take of a log of so many bytes, before whoever takes most is refused.
std::uint64_t head_bytes(std::uint64_t log_bytes_max);

/// The body of the event CUT.
std::string cut_body(std::uint64_t beginning, std::uint64_t removed);

} // namespace nodewall::eventlog
