#include "eventlog/file.hpp"

#include "eventlog/lock_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace nodewall::eventlog {

namespace {

std::string folder_of(const std::string& path) {
    const auto folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

} // namespace

bool file_exists(const std::string& path) {
    struct stat info {};
    return stat(path.c_str(), &info) == 0;
}

std::uint64_t file_size(const std::string& path) {
    struct stat info {};
    return stat(path.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

std::optional<file_identity> identify(const std::string& path) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0)
        return std::nullopt;
    return file_identity{info.st_dev, info.st_ino};
}

bool can_write_folder_of(const std::string& path) {
    return access(folder_of(path).c_str(), W_OK) == 0;
}

void make_folder_of(const std::string& path) {
    const auto folder = folder_of(path);
    if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        fail_with_errno(folder, errno);
}

void make_file(const std::string& path) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        fail_with_errno(path, errno);
    close(file);
    const int folder = open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
}

} // namespace nodewall::eventlog
