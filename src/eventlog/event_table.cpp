#include "eventlog/event_table.hpp"

namespace nodewall::eventlog {

namespace {

// Without the body: a restart reads ten thousand heads.
constexpr std::string_view restore_columns =
    "seq, at, claimed_at, stream, type, origin, namespace, name, uid, resource_version, previous, "
    "''";

std::string select_to_restore(std::string_view from) {
    return "SELECT " + std::string(restore_columns) + std::string(from);
}

} // namespace

event_table::event_table(database& db, queries& q)
    : db_(db), queries_(q),
      insert_(db, "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
                  "?13)"),
      put_head_(db, "INSERT INTO object VALUES (?1)"),
      erase_head_(db, "DELETE FROM object WHERE seq = ?1"),
      put_cursor_(db, "INSERT INTO cursor VALUES (?1, ?2) ON CONFLICT (stream) DO UPDATE SET "
                      "resource_version = excluded.resource_version "
                      "WHERE resource_version <> excluded.resource_version"),
      erase_cursors_(db, "DELETE FROM cursor"),
      put_tail_(db, "INSERT INTO tail VALUES (1, ?1, ?2, 1) ON CONFLICT (id) DO UPDATE SET "
                    "seq = excluded.seq, digest = excluded.digest") {}

void event_table::insert(const row& r, const sha256_digest& digest) {
    insert_.run(r.seq, r.at, r.claimed_at, r.stream, r.type, r.origin, r.namespace_, r.name, r.uid,
                r.resource_version, r.previous, r.body, digest);
    if (r.previous)
        erase_head_.run(*r.previous);
    if (r.sets_head())
        put_head_.run(r.seq);
    if (r.forgets_cursors())
        erase_cursors_.run();
}

void event_table::store_ends(const ledger& log) {
    for (const auto& [stream, resource_version] : log.cursors())
        put_cursor_.run(std::string_view(stream), std::string_view(resource_version));
    put_tail_.run(log.tail().seq, log.tail().digest);
}

void event_table::restore(ledger& log) {
    log.forget();
    transaction snapshot(db_, transaction::kind::read);
    const auto tail = queries_.tail();

    statement heads(db_, select_to_restore(" FROM object JOIN event USING (seq)"));
    for (auto rows = heads.query(); rows.next();)
        log.restore_head(read_row(rows));

    statement recent(db_, select_to_restore(" FROM event WHERE seq > ?1 ORDER BY seq"));
    const auto window = recent_events::window;
    for (auto rows = recent.query(tail.seq > window ? tail.seq - window : 0); rows.next();)
        log.restore_recent(read_row(rows));

    log.restore_ends(read_cursors(db_), tail);
}

} // namespace nodewall::eventlog
