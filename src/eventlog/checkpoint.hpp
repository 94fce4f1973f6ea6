// Table `checkpoint`: a copy of the heads' rows, so that a start reads one run of pages instead of
// ten thousand that are scattered over the file (schema/EVENT_LOG.md, "Checkpoint").
//
// A cache, never truth: which rows are heads says table `object` alone, and rows never change; so a
// checkpoint can lack rows or hold some that are no heads any more, and the answer stays the same.
#pragma once

#include "eventlog/database.hpp"
#include "eventlog/row.hpp"

#include <functional>
#include <optional>
#include <string>

namespace nodewall::eventlog {

struct checkpoint {
    tail at;             // the last row when it was begun
    std::string content; // the seal, then the frame (head_frame.hpp)

    std::string_view frame() const;
};

/// What a checkpoint's content begins with, until it is sealed.
std::string room_for_seal();

/// The last one, if it is whole and stands on a row of this log; inside the caller's transaction.
std::optional<checkpoint> read_checkpoint(database& db);
/// Seals it, and puts it in the place of those before; inside the caller's transaction.
void store_checkpoint(database& db, checkpoint c);
void discard_checkpoints(database& db);

/// Each head in order of seq: from the checkpoint where it has the row, else from the table. Inside
/// the caller's transaction. errc::damaged where the checkpoint is no frame of rows.
using head_visitor = std::function<void(const row&, const sha256_digest&)>;
void visit_heads(database& db, const std::optional<checkpoint>& cached, const head_visitor& visit);

} // namespace nodewall::eventlog
