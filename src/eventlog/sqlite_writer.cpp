#include "eventlog/checkpointer.hpp"
#include "eventlog/event_table.hpp"
#include "eventlog/file.hpp"
#include "eventlog/genesis.hpp"
#include "eventlog/lock_file.hpp"
#include "eventlog/novelty.hpp"
#include "eventlog/schema.hpp"
#include "eventlog/size_cap.hpp"
#include "eventlog/sqlite_answers.hpp"

#include <fmt/core.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>

namespace nodewall::eventlog {

namespace {

// Durable at each commit; the WAL goes back into the database on this thread, at its usual size.
void set_modes(database& db) {
    if (db.text("PRAGMA journal_mode=WAL") != "wal")
        fail(errc::io, db.path() + ": its file system cannot hold a WAL");
    db.execute("PRAGMA synchronous=FULL");
    db.execute("PRAGMA secure_delete=OFF");
    db.execute(fmt::format("PRAGMA wal_autocheckpoint={0}; PRAGMA journal_size_limit={1}",
                           wal_bytes / page_bytes, wal_bytes)
                   .c_str());
}

// What a checkpoint may take under a size cap.
std::uint64_t checkpoint_bytes(std::uint64_t log_bytes_max) {
    return std::min<std::uint64_t>(limits::checkpoint_bytes_max, log_bytes_max / 16);
}

std::array<std::uint8_t, 16> random_uuid() {
    std::array<std::uint8_t, 16> bytes{};
    sqlite3_randomness(static_cast<int>(bytes.size()), bytes.data());
    return bytes;
}

/// An opened database with the tables of this version; one that is blank is begun.
std::unique_ptr<database> open_database(const open_options& options) {
    auto db = std::make_unique<database>(options.path, database::access::write, options.vfs);
    if (db->opened_read_only())
        fail(errc::read_only, options.path);
    const bool blank = options.create && is_blank(*db);
    if (blank)
        prepare_blank(*db);
    else
        check_schema(*db);
    set_modes(*db);
    return db;
}

class sqlite_writer final : public sqlite_answers<log_writer> {
public:
    explicit sqlite_writer(const open_options& options)
        : sqlite_answers(queries_), lock_(lock_path(options.path)), now_(options.now),
          db_(made(options)), queries_(*db_), table_(*db_, queries_), ledger_(table_),
          file_(identify(options.path)), cap_(*db_, table_, ledger_, options.bytes_max),
          checkpoints_(*db_, ledger_, checkpoint_bytes(options.bytes_max)) {
        check_tail(*db_);
        set_room(options.bytes_max);
        checkpoints_.restore(table_.restore(ledger_));
    }

    result<std::vector<model::append_outcome>>
    append(std::span<const model::append_request> requests) override {
        return guarded([&] { return append_or_throw(requests); });
    }

    result<std::optional<std::string>> cursor(std::string_view stream) const override {
        return guarded([&]() -> std::optional<std::string> {
            const auto cursors = read_cursors(*db_);
            const auto at = cursors.find(stream);
            return at == cursors.end() ? std::nullopt : std::optional(at->second);
        });
    }

    void set_bytes_max(std::uint64_t bytes) override {
        cap_.set_bytes_max(bytes);
        set_room(bytes);
        checkpoints_.set_bytes_max(checkpoint_bytes(bytes));
    }

    // What the ledger knows of a failed append is not in the file: the next append finds out.
    result<bool> work_on_checkpoint() override {
        return guarded([&] {
            check_in_place();
            return !rolled_back_ && checkpoints_.step();
        });
    }
    result<void> checkpoint() override {
        return guarded([&] {
            check_in_place();
            if (!rolled_back_)
                checkpoints_.finish();
        });
    }

private:
    // The same file by another name is the same log.
    static std::string lock_path(const std::string& path) {
        std::error_code ignored;
        return std::filesystem::weakly_canonical(path, ignored).string() + ".lock";
    }

    static std::unique_ptr<database> made(const open_options& options);
    void set_room(std::uint64_t bytes_max) { ledger_.set_room(head_bytes(bytes_max)); }
    void check_in_place() const;

    std::vector<model::append_outcome>
    append_or_throw(std::span<const model::append_request> requests);

    lock_file lock_;
    now_function now_;
    std::unique_ptr<database> db_;
    mutable queries queries_;
    event_table table_;
    ledger ledger_;
    std::optional<file_identity> file_;
    size_cap cap_;
    checkpointer checkpoints_;
    bool rolled_back_ = false; // the ledger knows rows that the file does not have
};

std::unique_ptr<database> sqlite_writer::made(const open_options& options) {
    if (!file_exists(options.path))
        make_file(options.path);
    auto db = open_database(options);
    const auto now = options.now();
    transaction t(*db, transaction::kind::write);
    migrate(*db, now);
    if (db->integer("SELECT count(*) FROM tail") == 0) {
        queries q(*db);
        event_table table(*db, q);
        ledger log(table);
        write_genesis(log, now, random_uuid());
        table.store_ends(log);
    }
    t.commit();
    return db;
}

// SQLite would go on writing into a file that has no name any more, and all of it would be lost.
void sqlite_writer::check_in_place() const {
    const auto now = identify(db_->path());
    if (now != file_)
        fail(errc::io, db_->path() + (now ? ": another file stands in its place"
                                          : ": the file is gone; waiting for it to come back"));
}

std::vector<model::append_outcome>
sqlite_writer::append_or_throw(std::span<const model::append_request> requests) {
    check_in_place();
    if (rolled_back_)
        table_.restore(ledger_);
    rolled_back_ = true;
    const auto now = now_();
    cap_.make_room(now);
    transaction t(*db_, transaction::kind::write);
    ledger_.begin(now);
    const auto before = ledger_.tail().seq;
    std::vector<model::append_outcome> outcomes;
    for (const auto& request : requests)
        outcomes.push_back(record(request, ledger_));
    if (ledger_.tail().seq != before)
        table_.store_ends(ledger_);
    t.commit();
    rolled_back_ = false;
    return outcomes;
}

/// Looks at what stands there before anything is made beside it: the path may be a link that
/// somebody else laid. What else is wrong with a log the opening tells, which may write, and so
/// mend what a crash left half made.
void look(const open_options& options) {
    std::error_code ignored;
    if (std::filesystem::is_symlink(options.path, ignored) && !file_exists(options.path))
        fail(errc::not_a_log, options.path + ": a link to nothing");
    if (!file_exists(options.path))
        return;
    if (!std::filesystem::is_regular_file(options.path, ignored))
        fail(errc::not_a_log, options.path + ": no regular file");
    const auto looked = guarded([&] {
        database db(options.path, database::access::read, options.vfs);
        if (!options.create || !is_blank(db))
            check_application(db);
        return true;
    });
    if (!looked && looked.error().is(errc::not_a_log))
        throw error_exception(looked.error());
}

} // namespace

result<std::unique_ptr<log_writer>> open_writer(const open_options& options) {
    return guarded([&]() -> std::unique_ptr<log_writer> {
        look(options);
        if (!options.create && !file_exists(options.path))
            fail(errc::no_such_log, options.path);
        if (options.create)
            make_folder_of(options.path);
        return std::make_unique<sqlite_writer>(options);
    });
}

} // namespace nodewall::eventlog
