// The log as one append transaction sees it: what is known, and the one way to write a row.
// SQLite and memory differ only in the row_store under it.
#pragma once

#include "eventlog/digest.hpp"
#include "eventlog/head_index.hpp"
#include "eventlog/head_room.hpp"
#include "eventlog/log.hpp"
#include "eventlog/recent_events.hpp"

#include <map>
#include <string>
#include <string_view>

namespace nodewall::eventlog {

/// Where rows are kept.
class row_store {
public:
    virtual ~row_store() = default;
    /// A row after the last one. `previous` is no head any more; the row is one if it sets_head().
    virtual void insert(const row& r, const sha256_digest& digest) = 0;
    virtual model::event read(std::uint64_t seq) = 0;
};

/// Knows the heads, the cursors, the tail and the recent events. Belongs to one writer.
class ledger {
public:
    using cursor_map = std::map<std::string, std::string, std::less<>>;

    explicit ledger(row_store& rows) : rows_(rows) {}

    /// A transaction begins; every row of it is recorded at this time.
    void begin(timestamp now) { now_ = now; }

    /// Gives the row its seq, time, previous and digest, inserts it, and follows it. Where the
    /// clock went back, the event CLOCK goes before it. `id` is that of the row's identity, if it
    /// has one.
    void write(row r, const head_id& id);
    void write(const row& r) { write(r, id_of(r)); }

    head_id id_of(const row& r) { return heads_.id_of(r.stream, r.identity_namespace(), r.name); }
    const head_index& heads() const noexcept { return heads_; }
    recent_events& recent() noexcept { return recent_; }
    /// Why an object's new version is not taken in; empty: it is. `live` is its head.
    std::string lacks_room(const row& r, const head* live) const {
        return room_.lacking(r.namespace_, live == nullptr ? 0 : live->bytes, r.body.size());
    }
    void set_room(std::uint64_t bytes) { room_.set_budget(bytes); }
    const cursor_map& cursors() const noexcept { return cursors_; }
    /// Listed once, and without a cursor since: CLUSTER or UNSERVED took it away.
    bool cursor_forgotten(std::string_view stream);
    model::event read(std::uint64_t seq) { return rows_.read(seq); }
    const eventlog::tail& tail() const noexcept { return tail_; }

    /// What a store that was opened, or rolled back, gives back: everything is forgotten; then each
    /// head; the last rows in order; the cursors and the tail.
    void forget();
    void restore_head(const row& r);
    void restore_recent(const row& r);
    void restore_ends(cursor_map cursors, const eventlog::tail& tail);

private:
    void follow(const row& r);

    row_store& rows_;
    timestamp now_{}, last_at_{};
    eventlog::tail tail_;
    head_index heads_;
    head_room room_;
    recent_events recent_;
    cursor_map cursors_;
    row_digester digester_;
};

} // namespace nodewall::eventlog
