#include "eventlog/checkpointer.hpp"

#include "base/limits.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::eventlog {

checkpointer::draft::draft(const eventlog::tail& begun) : at(begun), frame(room_for_seal()) {}

checkpointer::checkpointer(database& db, const ledger& log, std::uint64_t bytes_max)
    : db_(db), log_(log), bytes_max_(bytes_max),
      heads_(db, fmt::format("SELECT {} FROM object JOIN event USING (seq) "
                             "WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3",
                             row_columns)) {}

bool checkpointer::pays() const {
    return log_.heads().newer_than(last_) >= limits::checkpoint_heads_least;
}

bool checkpointer::is_due() {
    const auto rows = std::max<std::uint64_t>(limits::checkpoint_rows, log_.heads().size());
    const auto seq = log_.tail().seq;
    if (seq < std::max(last_ + rows, look_again_))
        return false;
    look_again_ = seq + limits::checkpoint_rows / 10; // counting the heads is not for free
    return pays();
}

bool checkpointer::step() {
    return (draft_ || is_due()) && advance();
}

void checkpointer::finish() {
    if (draft_ || pays())
        while (advance()) {
        }
}

/// Whether there is more to do.
bool checkpointer::advance() {
    if (!draft_)
        draft_.emplace(log_.tail());
    try {
        std::uint64_t rows = 0;
        for (auto found = heads_.query(draft_->seq, draft_->at.seq,
                                       std::uint64_t{limits::checkpoint_step_rows});
             found.next(); ++rows) {
            const auto r = read_row(found);
            draft_->frame.add(r, read_row_digest(found));
            draft_->seq = r.seq;
        }
        const bool too_large = draft_->frame.size() > bytes_max_ ||
                               draft_->frame.content_bytes() > limits::checkpoint_content_bytes_max;
        if (!too_large && rows == limits::checkpoint_step_rows)
            return true;
        if (!too_large)
            store();
    } catch (...) {
        close_draft();
        throw;
    }
    close_draft();
    return false;
}

void checkpointer::store() {
    checkpoint done{draft_->at, draft_->frame.finish()};
    if (done.content.size() > bytes_max_)
        return;
    transaction t(db_, transaction::kind::write);
    store_checkpoint(db_, std::move(done));
    t.commit();
}

/// The next one is due when as much came again, be this one written or not.
void checkpointer::close_draft() {
    last_ = draft_->at.seq;
    draft_.reset();
}

} // namespace nodewall::eventlog
