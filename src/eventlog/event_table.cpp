#include "eventlog/event_table.hpp"

#include "eventlog/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace nodewall::eventlog {

namespace {

constexpr std::string_view columns_without_body =
    "seq, at, claimed_at, stream, type, origin, namespace, name, uid, resource_version, previous, "
    "''";

constexpr std::size_t seqs_at_once = 64;

} // namespace

seq_statement::seq_statement(database& db, const std::string& format, std::string_view parameter)
    : one_(db, fmt::format(fmt::runtime(format), parameter)),
      many_(db, fmt::format(fmt::runtime(format),
                            fmt::join(std::vector(seqs_at_once, parameter), ", "))) {}

void seq_statement::run(std::span<const std::uint64_t> seqs) {
    for (; seqs.size() >= seqs_at_once; seqs = seqs.subspan(seqs_at_once))
        many_.run_on_all(seqs.first(seqs_at_once));
    for (const auto seq : seqs)
        one_.run(seq);
}

event_table::event_table(database& db, queries& q)
    : db_(db), queries_(q),
      insert_(db, "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
                  "?13)"),
      put_heads_(db, "INSERT INTO object VALUES {}", "(?)"),
      erase_heads_(db, "DELETE FROM object WHERE seq IN ({})", "?"),
      put_cursor_(db, "INSERT INTO cursor VALUES (?1, ?2) ON CONFLICT (stream) DO UPDATE SET "
                      "resource_version = excluded.resource_version "
                      "WHERE resource_version <> excluded.resource_version"),
      erase_cursors_(db, "DELETE FROM cursor"),
      erase_cursor_(db, "DELETE FROM cursor WHERE stream = ?1"),
      put_tail_(db, "INSERT INTO tail VALUES (1, ?1, ?2, 1) ON CONFLICT (id) DO UPDATE SET "
                    "seq = excluded.seq, digest = excluded.digest") {}

void event_table::insert(const row& r, const sha256_digest& digest) {
    insert_.run(r.seq, r.at, r.claimed_at, r.stream, r.type, r.origin, r.namespace_, r.name, r.uid,
                r.resource_version, r.previous, r.body, digest);
    if (r.previous)
        fallen_.push_back(*r.previous);
    if (r.sets_head())
        risen_.push_back(r.seq);
    if (r.forgets_cursors())
        erase_cursors_.run();
    if (r.forgets_cursor())
        erase_cursor_.run(r.stream);
}

// In order and at once: neighbours in the table share a page, and what rose and fell within the
// transaction is not written at all.
void event_table::store_heads() {
    std::ranges::sort(fallen_);
    std::vector<std::uint64_t> seqs;
    std::ranges::set_difference(fallen_, risen_, std::back_inserter(seqs));
    erase_heads_.run(seqs);
    seqs.clear();
    std::ranges::set_difference(risen_, fallen_, std::back_inserter(seqs));
    put_heads_.run(seqs);
    risen_.clear();
    fallen_.clear();
}

void event_table::store_ends(const ledger& log) {
    store_heads();
    for (const auto& [stream, resource_version] : log.cursors())
        put_cursor_.run(std::string_view(stream), std::string_view(resource_version));
    put_tail_.run(log.tail().seq, log.tail().digest);
}

std::uint64_t event_table::restore_heads(ledger& log) {
    const auto restore = [&](const row& r, const sha256_digest&) { log.restore_head(r); };
    const auto cached = read_checkpoint(db_);
    try {
        visit_heads(db_, cached, restore);
        return cached ? cached->at.seq : 0;
    } catch (const error_exception& failure) {
        if (!cached || !failure.cause().is(errc::damaged))
            throw;
    }
    log.forget();
    visit_heads(db_, std::nullopt, restore);
    return 0;
}

std::uint64_t event_table::restore(ledger& log) {
    log.forget();
    risen_.clear();
    fallen_.clear();
    transaction snapshot(db_, transaction::kind::read);
    const auto tail = queries_.tail();
    const auto checkpoint = restore_heads(log);

    statement recent(
        db_, fmt::format("SELECT {} FROM event WHERE seq > ?1 ORDER BY seq", columns_without_body));
    const auto window = recent_events::window;
    for (auto rows = recent.query(tail.seq > window ? tail.seq - window : 0); rows.next();)
        log.restore_recent(read_row(rows));

    log.restore_ends(read_cursors(db_), tail);
    return checkpoint;
}

} // namespace nodewall::eventlog
