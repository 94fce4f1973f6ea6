// Whether the log's file is still where it was opened. SQLite goes on writing to a file that was
// moved or deleted under it, where nobody will look for what it holds.
#pragma once

#include "base/error.hpp"

#include <string>
#include <sys/types.h>

namespace nodewall::agent {

/// Of a file that exists.
class log_file {
public:
    explicit log_file(std::string path);

    /// errc::log_moved where another file, or none, stands at the path now.
    result<void> present() const;

private:
    std::string path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

} // namespace nodewall::agent
