#include "agent/stages/log_file.hpp"

#include "agent/process/configuration.hpp"

#include <sys/stat.h>

namespace nodewall::agent {

log_file::log_file(std::string path) : path_(std::move(path)) {
    struct stat here {};
    if (stat(path_.c_str(), &here) == 0) {
        device_ = here.st_dev;
        inode_ = here.st_ino;
    }
}

result<void> log_file::present() const {
    struct stat here {};
    if (stat(path_.c_str(), &here) != 0 || here.st_dev != device_ || here.st_ino != inode_)
        return error(errc::log_moved, path_);
    return {};
}

} // namespace nodewall::agent
