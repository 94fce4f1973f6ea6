#include "eventlog/sqlite_reader.hpp"

#include "eventlog/file.hpp"
#include "eventlog/schema.hpp"
#include "eventlog/sqlite_answers.hpp"

namespace nodewall::eventlog {

namespace {

std::unique_ptr<database> open_as(const std::string& path, database::access mode) {
    auto db = std::make_unique<database>(path, mode);
    check_schema(*db);
    return db;
}

class sqlite_reader final : public sqlite_answers<log_reader> {
public:
    explicit sqlite_reader(std::unique_ptr<database> db)
        : sqlite_answers(queries_), db_(std::move(db)), queries_(*db_) {
        check_tail(*db_);
    }

private:
    std::unique_ptr<database> db_;
    mutable queries queries_;
};

} // namespace

std::unique_ptr<database> open_to_read(const std::string& path) {
    if (!file_exists(path))
        fail(errc::no_such_log, path);
    try {
        return open_as(path, database::access::read);
    } catch (const error_exception& failure) {
        const bool unwritable = failure.cause().is(errc::read_only) || failure.cause().is(errc::io);
        if (!unwritable || can_write_folder_of(path))
            throw;
    }
    if (file_size(path + "-wal") > 0)
        fail(errc::read_only, path + "-wal holds events that must be played back first: copy both "
                                     "files to a folder that can be written");
    return open_as(path, database::access::immutable);
}

result<std::unique_ptr<log_reader>> open_reader(const std::string& path) {
    return guarded([&]() -> std::unique_ptr<log_reader> {
        return std::make_unique<sqlite_reader>(open_to_read(path));
    });
}

} // namespace nodewall::eventlog
