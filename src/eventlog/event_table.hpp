// The rows, heads, cursors and tail of a log file, as its writer changes them.
#pragma once

#include "eventlog/ledger.hpp"
#include "eventlog/queries.hpp"

namespace nodewall::eventlog {

/// One statement for each of many seqs, so written that most go by the dozen: a statement's own
/// costs are greater than those of a row of table `object`.
class seq_statement {
public:
    /// `format` has one place, for the parameters; `parameter` is how one is written.
    seq_statement(database& db, const std::string& format, std::string_view parameter);
    void run(std::span<const std::uint64_t> seqs);

private:
    statement one_, many_;
};

class event_table final : public row_store {
public:
    event_table(database& db, queries& q);

    void insert(const row& r, const sha256_digest& digest) override;
    model::event read(std::uint64_t seq) override { return queries_.event_at(seq); }

    /// Writes which rows are heads now, the tail, and the cursors that moved: the last step of a
    /// transaction.
    void store_ends(const ledger& log);
    /// Gives the ledger what the file holds; the seq of the checkpoint that helped, or 0.
    std::uint64_t restore(ledger& log);

private:
    void store_heads();
    std::uint64_t restore_heads(ledger& log);

    database& db_;
    queries& queries_;
    // Of this transaction: rows that became heads, ascending, and rows that are none any more.
    std::vector<std::uint64_t> risen_, fallen_;
    statement insert_;
    seq_statement put_heads_, erase_heads_;
    statement put_cursor_, erase_cursors_, erase_cursor_, put_tail_;
};

} // namespace nodewall::eventlog
