// The tables of a log: made by the migrations, and compared exactly when a log is opened.
#pragma once

#include "eventlog/database.hpp"

namespace nodewall::eventlog {

inline constexpr std::uint64_t page_bytes = 8192;

/// A database without a table, that nobody marked as theirs: a log that is not begun yet (or whose
/// creation was interrupted).
bool is_blank(database& db);

/// Before the first table: what cannot be changed later.
void prepare_blank(database& db);

/// Runs the migrations that the log lacks, inside the caller's transaction.
void migrate(database& db, timestamp now);

/// Refuses what says that it is something else than a log: errc::not_a_log. No more is looked at.
void check_application(database& db);

/// Refuses what is no log of a version that this program can use: errc::not_a_log, errc::newer.
/// A newer minor version may have more tables and indexes; never views or triggers.
void check_schema(database& db);

} // namespace nodewall::eventlog
