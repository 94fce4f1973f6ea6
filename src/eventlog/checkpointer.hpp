// Writes checkpoints in steps of a few milliseconds, between which appends go on.
#pragma once

#include "eventlog/checkpoint.hpp"
#include "eventlog/head_frame.hpp"
#include "eventlog/ledger.hpp"

#include <optional>

namespace nodewall::eventlog {

/// Belongs to the writer; called between its transactions only. Rows never change, so what one step
/// read is still true in the next. Where a step throws, the log is as it was and the work is given
/// up until it is due again.
class checkpointer {
public:
    /// Writes none that takes more than `bytes_max`.
    checkpointer(database& db, const ledger& log, std::uint64_t bytes_max);

    void set_bytes_max(std::uint64_t bytes) { bytes_max_ = bytes; }
    /// The seq on which the file's checkpoint stands; 0: it has none.
    void restore(std::uint64_t seq) { last_ = seq; }

    /// One step, if a checkpoint is due; whether there is more to do.
    bool step();
    /// All steps, if a start would gain by it.
    void finish();

private:
    struct draft {
        explicit draft(const eventlog::tail& begun);

        eventlog::tail at;
        std::uint64_t seq = 0; // of the last row in it
        head_frame_writer frame;
    };

    bool pays() const;
    bool is_due();
    bool advance();
    void store();
    void close_draft();

    database& db_;
    const ledger& log_;
    std::uint64_t bytes_max_;
    statement heads_;
    std::uint64_t last_ = 0; // where the last one stands, or would
    std::uint64_t look_again_ = 0;
    std::optional<draft> draft_;
};

} // namespace nodewall::eventlog
