#include "eventlog/queries.hpp"

#include "eventlog/checkpoint.hpp"
#include "eventlog/digest.hpp"
#include "eventlog/row.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::eventlog {

namespace {

// When it happened: as recorded, or as imported history claims.
constexpr std::string_view happened_sql = "coalesce(claimed_at, at)";

// An empty text and a NULL time ask nothing.
std::string some_sql() {
    return fmt::format("SELECT {0} FROM event WHERE seq > ?1 AND seq <= ?2 "
                       "AND (?3 IS NULL OR {1} >= ?3) AND (?4 IS NULL OR {1} < ?4) "
                       "AND (?5 = '' OR stream = ?5) AND (?6 = '' OR type = ?6) "
                       "AND (?7 = '' OR origin = ?7) AND (?8 = '' OR namespace = ?8) "
                       "AND (?9 = '' OR name = ?9) AND (?10 = '' OR uid = ?10) "
                       "ORDER BY seq LIMIT ?11",
                       row_columns, happened_sql);
}

} // namespace

tail check_tail(database& db) {
    transaction snapshot(db, transaction::kind::read); // a writer may be at work
    statement ends(db, "SELECT seq, digest FROM tail");
    auto end = ends.query();
    if (!end.next())
        fail(errc::damaged, db.path() + ": no tail");
    const tail told{static_cast<std::uint64_t>(end.integer(0)), read_digest(end, 1, "tail")};
    statement last(db, fmt::format("SELECT {} FROM event ORDER BY seq DESC LIMIT 2", row_columns));
    auto rows = last.query();
    if (!rows.next() || read_row(rows).seq != told.seq || read_row_digest(rows) != told.digest)
        fail(errc::damaged, fmt::format("{}: the tail names event {}, which is not the last",
                                        db.path(), told.seq));
    const auto event = to_event(read_row(rows), told.digest);
    const bool first = !rows.next();
    if (!first && read_row(rows).seq + 1 != event.seq)
        return told; // the size cap removed the one before
    row_digester digester;
    if (digester(first ? no_digest : read_row_digest(rows), row_of(event)) != told.digest)
        fail(errc::damaged, fmt::format("{}: event {}: digest differs", db.path(), told.seq));
    return told;
}

std::map<std::string, std::string, std::less<>> read_cursors(database& db) {
    statement query(db, "SELECT stream, resource_version FROM cursor");
    std::map<std::string, std::string, std::less<>> cursors;
    auto rows = query.query();
    while (rows.next())
        cursors.emplace(rows.bytes(0), rows.bytes(1));
    return cursors;
}

queries::queries(database& db)
    : db_(db), tail_(db, "SELECT seq, digest, beginning FROM tail"), some_(db, some_sql()),
      recorded_(db, "SELECT max(seq) FROM event INDEXED BY event_at WHERE at <= ?1"),
      claimed_(db, "SELECT max(seq) FROM event INDEXED BY event_at WHERE claimed_at <= ?1"),
      one_(db, fmt::format("SELECT {} FROM event WHERE seq = ?1", row_columns)) {}

tail queries::tail() {
    auto rows = tail_.query();
    if (!rows.next())
        fail(errc::damaged, db_.path() + ": no tail");
    return {static_cast<std::uint64_t>(rows.integer(0)), read_digest(rows, 1, "tail")};
}

std::uint64_t queries::beginning() {
    auto rows = tail_.query();
    if (!rows.next())
        fail(errc::damaged, db_.path() + ": no tail");
    return static_cast<std::uint64_t>(rows.integer(2));
}

std::vector<model::event> queries::read(const event_filter& which, std::size_t limit) {
    std::vector<model::event> events;
    const auto last = std::min(which.until, tail().seq);
    auto after = which.after;
    std::size_t bytes = 0;
    while (after < last && events.size() < limit) {
        const auto until = std::min(last, after + limits::read_chunk_rows);
        auto rows = some_.query(after, until, which.since, which.before,
                                std::string_view(which.stream), std::string_view(which.type),
                                std::string_view(which.origin), std::string_view(which.namespace_),
                                std::string_view(which.name), std::string_view(which.uid),
                                static_cast<std::uint64_t>(limit - events.size()));
        while (rows.next()) {
            events.push_back(to_event(read_row(rows), read_row_digest(rows)));
            bytes += events.back().body.size();
            if (bytes >= limits::read_chunk_bytes)
                return events;
        }
        after = until;
    }
    return events;
}

log_reader::heads_info queries::heads(const std::function<void(const model::event&)>& visit) {
    transaction snapshot(db_, transaction::kind::read);
    visit_heads(db_, read_checkpoint(db_),
                [&](const row& r, const sha256_digest& digest) { visit(to_event(r, digest)); });
    log_reader::heads_info info;
    info.at = tail();
    for (auto& [stream, resource_version] : read_cursors(db_))
        info.cursors.emplace(stream, resource_version);
    return info;
}

std::uint64_t queries::seq_at(timestamp when) {
    for (auto* query : {&recorded_, &claimed_}) {
        auto rows = query->query(when);
        if (!rows.next() || rows.is_null(0))
            continue;
        const auto found = static_cast<std::uint64_t>(rows.integer(0));
        if (found >= beginning())
            return found;
    }
    fail(errc::no_such_point, to_rfc3339(when));
}

model::event queries::event_at(std::uint64_t seq) {
    auto rows = one_.query(seq);
    if (!rows.next())
        fail(errc::damaged, fmt::format("{}: event {} is missing", db_.path(), seq));
    return to_event(read_row(rows), read_row_digest(rows));
}

} // namespace nodewall::eventlog
