#include "eventlog/file.hpp"
#include "eventlog/sqlite_reader.hpp"

#include <sqlite3.h>

#include <memory>
#include <unistd.h>

namespace nodewall::eventlog {

namespace {

/// A file that goes again unless kept.
class new_file {
public:
    explicit new_file(std::string path) : path_(std::move(path)) { make_file(path_); }
    ~new_file() {
        if (!kept_)
            unlink(path_.c_str());
    }
    new_file(const new_file&) = delete;
    new_file& operator=(const new_file&) = delete;
    void keep() { kept_ = true; }

private:
    std::string path_;
    bool kept_ = false;
};

struct backup_end {
    void operator()(sqlite3_backup* handle) const noexcept { sqlite3_backup_finish(handle); }
};

// In one step, hence of one instant; a writer goes on beside it.
void copy_pages(database& from, database& to) {
    std::unique_ptr<sqlite3_backup, backup_end> backup(
        sqlite3_backup_init(to.handle(), "main", from.handle(), "main"));
    if (!backup)
        to.fail_with(sqlite3_errcode(to.handle()));
    const int code = sqlite3_backup_step(backup.get(), -1);
    backup.reset();
    if (code != SQLITE_DONE)
        to.fail_with(code);
}

} // namespace

result<void> copy(const std::string& from, const std::string& to) {
    return guarded([&] {
        const auto source = open_to_read(from);
        new_file file(to);
        {
            database target(to, database::access::write);
            copy_pages(*source, target);
        }
        file.keep();
    });
}

} // namespace nodewall::eventlog
