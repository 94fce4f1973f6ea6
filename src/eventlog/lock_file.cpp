#include "eventlog/lock_file.hpp"

#include "eventlog/database.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace nodewall::eventlog {

namespace {

std::string holder(int descriptor) {
    char text[32];
    const auto size = pread(descriptor, text, sizeof text, 0);
    return size > 0 ? "process " + std::string(text, static_cast<std::size_t>(size)) : "unknown";
}

} // namespace

lock_file::lock_file(const std::string& path)
    : descriptor_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (descriptor_ < 0)
        fail_with_errno(path, errno);
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const int number = errno;
        const auto detail = path + ": " + holder(descriptor_);
        close(descriptor_);
        if (number == EWOULDBLOCK)
            fail(errc::locked, detail);
        fail_with_errno(path, number);
    }
    // For the message above only: that it cannot be written harms nothing.
    const auto pid = std::to_string(getpid());
    if (ftruncate(descriptor_, 0) == 0) [[maybe_unused]]
        const auto written = pwrite(descriptor_, pid.data(), pid.size(), 0);
}

lock_file::~lock_file() {
    close(descriptor_);
}

void fail_with_errno(const std::string& path, int number) {
    const bool refused = number == EROFS || number == EACCES || number == EPERM;
    const auto code = refused                                ? errc::read_only
                      : number == ENOSPC || number == EDQUOT ? errc::disk_full
                                                             : errc::io;
    fail(code, path + ": " + std::strerror(number));
}

} // namespace nodewall::eventlog
