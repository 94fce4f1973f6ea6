#include "eventlog/size_cap.hpp"

#include "base/limits.hpp"
#include "eventlog/checkpoint.hpp"
#include "eventlog/schema.hpp"
#include "model/kind.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::eventlog {

namespace {

// Rows looked at in one cut: 25 MB of usual ones, about 100 ms.
constexpr std::uint64_t cut_rows = 16384;

// What no state from point ?1 on needs: the heads as of ?1 stay, the genesis row, and each CLUSTER
// and UNSERVED, without which the cursors of the lists before them would come back.
constexpr std::string_view mark_sql =
    "INSERT INTO cut SELECT seq, digest FROM event WHERE seq > 1 AND seq <= ?1 AND NOT ("
    "(type IN ('ADDED', 'MODIFIED', 'LISTED', 'UNSERVED') OR "
    "stream = 'nodewall' AND type IN ('STARTED', 'CONFIGURED', 'CUT', 'CLUSTER')) AND seq NOT IN "
    "(SELECT previous FROM event WHERE seq <= ?1 AND previous IS NOT NULL))";
// Of the removed rows' digests those stay on which a row that is left stands.
constexpr const char* remove_sql = "DELETE FROM event WHERE seq IN (SELECT seq FROM cut);"
                                   "DELETE FROM cut WHERE seq + 1 NOT IN (SELECT seq FROM event)";

std::uint64_t first_number(statement& query) {
    auto rows = query.query();
    return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

} // namespace

std::uint64_t head_bytes(std::uint64_t log_bytes_max) {
    const auto usable =
        std::max(log_bytes_max - std::min(log_bytes_max, wal_bytes), log_bytes_max / 16);
    return usable / limits::log_heads_share;
}

std::string cut_body(std::uint64_t beginning, std::uint64_t removed) {
    return fmt::format(R"({{"beginning":{},"removed":{}}})", beginning, removed);
}

size_cap::size_cap(database& db, event_table& table, ledger& log, std::uint64_t bytes_max)
    : db_(db), table_(table), log_(log), bytes_max_(bytes_max), pages_(db, "PRAGMA page_count"),
      free_pages_(db, "PRAGMA freelist_count") {}

std::uint64_t size_cap::bytes_in_use() {
    return (first_number(pages_) - first_number(free_pages_)) * page_bytes + wal_bytes;
}

void size_cap::make_room(timestamp now) {
    while (bytes_in_use() > bytes_max_) {
        const auto beginning =
            static_cast<std::uint64_t>(db_.integer("SELECT beginning FROM tail"));
        // The newer half stays: whoever follows the log has not seen it all yet.
        const auto step = std::min(cut_rows, (log_.tail().seq - beginning) / 2);
        if (step < 2 && discard_checkpoint())
            continue;
        if (step < 2)
            fail(errc::disk_full, fmt::format("{}: log.maxBytes ({}) is less than the live objects "
                                              "need",
                                              db_.path(), bytes_max_));
        cut(beginning + step, now);
    }
    // A cap that was lowered: give back what is free, a step each time.
    if (first_number(pages_) * page_bytes + wal_bytes > bytes_max_)
        db_.execute("PRAGMA incremental_vacuum(256)");
}

/// The last thing that can go without loss; whether there was one.
bool size_cap::discard_checkpoint() {
    if (db_.integer("SELECT count(*) FROM checkpoint") == 0)
        return false;
    discard_checkpoints(db_);
    return true;
}

void size_cap::cut(std::uint64_t beginning, timestamp now) {
    transaction t(db_, transaction::kind::write);
    statement(db_, mark_sql).run(beginning);
    db_.execute(remove_sql);
    statement kept(db_, "SELECT count(*) FROM event WHERE seq <= ?1");
    std::uint64_t removed = beginning;
    for (auto rows = kept.query(beginning); rows.next();)
        removed -= static_cast<std::uint64_t>(rows.integer(0));
    statement(db_, "UPDATE tail SET beginning = ?1").run(beginning);
    // The row that it stands on may be gone, and with that the means to check it.
    statement(db_, "DELETE FROM checkpoint WHERE seq <= ?1").run(beginning);
    log_.begin(now);
    log_.write({.stream = model::agent_stream,
                .type = cut_type,
                .origin = model::event_origin::agent,
                .body = cut_body(beginning, removed)});
    table_.store_ends(log_);
    t.commit();
}

} // namespace nodewall::eventlog
