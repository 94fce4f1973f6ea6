#include "eventlog/checkpoint.hpp"

#include "base/limits.hpp"
#include "eventlog/head_frame.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::eventlog {

namespace {

constexpr std::size_t seal_bytes = std::tuple_size_v<sha256_digest>;

sha256_digest seal_of(const checkpoint& c) {
    sha256_hasher hasher;
    hasher.update(std::to_string(c.at.seq) + ":" + to_hex(c.at.digest) + ":");
    hasher.update(c.frame());
    return hasher.finish();
}

bool is_sealed(const checkpoint& c) {
    const auto seal = seal_of(c);
    return c.content.size() >= seal_bytes &&
           std::equal(seal.begin(), seal.end(), c.content.begin(),
                      [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
}

bool stands_on_a_row(database& db, const tail& at) {
    statement query(db, "SELECT digest FROM event WHERE seq = ?1");
    auto rows = query.query(at.seq);
    return rows.next() && read_digest(rows, 0, "event") == at.digest;
}

} // namespace

std::string_view checkpoint::frame() const {
    return std::string_view(content).substr(std::min(seal_bytes, content.size()));
}

std::string room_for_seal() {
    return std::string(seal_bytes, '\0');
}

std::optional<checkpoint> read_checkpoint(database& db) {
    try {
        statement query(db, "SELECT seq, digest, heads FROM checkpoint WHERE length(heads) <= ?1 "
                            "ORDER BY seq DESC LIMIT 1");
        auto rows = query.query(std::uint64_t{limits::checkpoint_bytes_max});
        if (!rows.next())
            return std::nullopt;
        checkpoint c{
            {static_cast<std::uint64_t>(rows.integer(0)), read_digest(rows, 1, "checkpoint")},
            std::string(rows.bytes(2))};
        if (is_sealed(c) && stands_on_a_row(db, c.at))
            return c;
    } catch (const error_exception& failure) {
        if (!failure.cause().is(errc::damaged))
            throw;
    }
    return std::nullopt;
}

void store_checkpoint(database& db, checkpoint c) {
    const auto seal = seal_of(c);
    std::ranges::copy(seal, c.content.begin());
    // In this order the new one does not go where the old one stands: both stay in one piece.
    statement(db, "INSERT OR REPLACE INTO checkpoint VALUES (?1, ?2, ?3)")
        .run(c.at.seq, c.at.digest, blob{c.content});
    statement(db, "DELETE FROM checkpoint WHERE seq <> ?1").run(c.at.seq);
}

void discard_checkpoints(database& db) {
    db.execute("DELETE FROM checkpoint");
}

namespace {

/// The heads up to the checkpoint: `object` and the frame, both in order of seq, merged.
void visit_cached(database& db, const checkpoint& cached, const head_visitor& visit) {
    head_frame_reader frame(cached.frame());
    const auto* entry = frame.next();
    statement heads(db, "SELECT seq FROM object WHERE seq <= ?1 ORDER BY seq");
    statement one(db, fmt::format("SELECT {} FROM event WHERE seq = ?1", row_columns));
    for (auto seqs = heads.query(cached.at.seq); seqs.next();) {
        const auto seq = static_cast<std::uint64_t>(seqs.integer(0));
        while (entry != nullptr && entry->head.seq < seq)
            entry = frame.next();
        if (entry != nullptr && entry->head.seq == seq)
            visit(entry->head, entry->digest);
        else
            for (auto rows = one.query(seq); rows.next();)
                visit(read_row(rows), read_row_digest(rows));
    }
}

} // namespace

void visit_heads(database& db, const std::optional<checkpoint>& cached, const head_visitor& visit) {
    if (cached)
        visit_cached(db, *cached, visit);
    statement rest(db, fmt::format("SELECT {} FROM object JOIN event USING (seq) WHERE seq > ?1 "
                                   "ORDER BY seq",
                                   row_columns));
    for (auto rows = rest.query(cached ? cached->at.seq : 0); rows.next();)
        visit(read_row(rows), read_row_digest(rows));
}

} // namespace nodewall::eventlog
