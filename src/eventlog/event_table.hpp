// The rows, heads, cursors and tail of a log file, as its writer changes them.
#pragma once

#include "eventlog/ledger.hpp"
#include "eventlog/queries.hpp"

namespace nodewall::eventlog {

class event_table final : public row_store {
public:
    event_table(database& db, queries& q);

    void insert(const row& r, const sha256_digest& digest) override;
    model::event read(std::uint64_t seq) override { return queries_.event_at(seq); }

    /// Writes the tail, and the cursors that moved: the last step of a transaction.
    void store_ends(const ledger& log);
    /// Gives the ledger what the file holds.
    void restore(ledger& log);

private:
    database& db_;
    queries& queries_;
    statement insert_, put_head_, erase_head_, put_cursor_, erase_cursors_, put_tail_;
};

} // namespace nodewall::eventlog
