// A row as bytes (schema/EVENT_LOG.md, "Digest"): what its digest covers, and what a checkpoint
// holds.
#pragma once

#include "eventlog/row.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nodewall::eventlog {

/// Appends every column but the digest, in the order of the table.
void put_columns(std::string& to, const row& r);

/// Takes them off the front of `from`, into which the row's views point. Nothing, and `from` as it
/// was, where it ends too early; errc::damaged where these are no columns of a row.
std::optional<row> take_columns(std::string_view& from);

} // namespace nodewall::eventlog
