// DB.lock: says that a process writes the log. A file of its own, because closing any descriptor of
// the database file would drop SQLite's locks on it.
#pragma once

#include <string>

namespace nodewall::eventlog {

/// Held until destruction or the end of the process, however it ends. The file stays.
class lock_file {
public:
    /// Throws errc::locked with the holder's process id, errc::read_only, errc::io.
    explicit lock_file(const std::string& path);
    ~lock_file();
    lock_file(const lock_file&) = delete;
    lock_file& operator=(const lock_file&) = delete;

private:
    int descriptor_ = -1;
};

/// Throws what errno means for `path`.
[[noreturn]] void fail_with_errno(const std::string& path, int number);

} // namespace nodewall::eventlog
