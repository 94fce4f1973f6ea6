// Opening a log file for reading, for the reader, verify and copy.
#pragma once

#include "eventlog/database.hpp"

#include <memory>
#include <string>

namespace nodewall::eventlog {

/// A checked log, beside a writer or without one. Where the medium cannot be written, the file is
/// taken as immutable; a WAL beside it that would have to be played back is errc::read_only.
std::unique_ptr<database> open_to_read(const std::string& path);

} // namespace nodewall::eventlog
