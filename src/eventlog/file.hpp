// The files of a log: made with the right modes before SQLite opens them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

namespace nodewall::eventlog {

bool file_exists(const std::string& path);
/// 0 where there is none.
std::uint64_t file_size(const std::string& path);
/// Which file a path names; nothing where it names none.
struct file_identity {
    dev_t device = 0;
    ino_t number = 0;
    bool operator==(const file_identity&) const = default;
};
std::optional<file_identity> identify(const std::string& path);
bool can_write_folder_of(const std::string& path);

/// Makes the folder of `path` (0700) where it is missing; one level.
void make_folder_of(const std::string& path);

/// Makes an empty file, 0600, and makes its name durable. Throws where it exists. Never opens an
/// existing file: SQLite's locks hang on it.
void make_file(const std::string& path);

} // namespace nodewall::eventlog
