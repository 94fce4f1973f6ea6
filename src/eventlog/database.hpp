// SQLite, owned: connection, statement, transaction. The only door to SQLite.
//
// Every failure throws error_exception with a code of eventlog::errc; the public functions of this
// folder turn it into a result by guarded(). Not safe to share between threads.
#pragma once

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "base/time.hpp"
#include "eventlog/log.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3;
struct sqlite3_stmt;

namespace nodewall::eventlog {

[[noreturn]] void fail(errc code, std::string detail);

/// Runs `work`, and makes a result of what it returns or throws.
template <class F> auto guarded(F&& work) -> result<std::invoke_result_t<F>> {
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
            work();
            return {};
        } else {
            return work();
        }
    } catch (const error_exception& failure) {
        return failure.cause();
    }
}

class database {
public:
    enum class access {
        write,
        read,
        immutable, ///< no lock, no WAL: for media that nobody can write
    };

    /// The connection trusts nothing that the file says: DEFENSIVE, no trusted schema, no views,
    /// no triggers, bounded values. The file must exist. `vfs` empty: SQLite's default.
    database(const std::string& path, access mode, const std::string& vfs = {});
    /// A private database in memory.
    database();

    /// One or several statements without parameters and without rows.
    void execute(const char* sql);
    /// The first column of the first row.
    std::int64_t integer(const char* sql);
    std::string text(const char* sql);

    bool opened_read_only() const;
    sqlite3* handle() const noexcept { return handle_.get(); }
    const std::string& path() const noexcept { return path_; }

    /// Throws what SQLite's last error means.
    [[noreturn]] void fail_with(int sqlite_code) const;

private:
    void open(const std::string& name, int flags, const std::string& vfs);

    struct closer {
        void operator()(sqlite3* handle) const noexcept;
    };
    std::string path_;
    std::unique_ptr<sqlite3, closer> handle_;
};

/// Bytes to bind as BLOB.
struct blob {
    std::string_view bytes;
};

class statement {
public:
    statement(database& db, std::string_view sql);

    /// The rows of one run. The statement is reset when it goes, so no snapshot outlives it.
    class rows {
    public:
        explicit rows(statement& s) : statement_(s) {}
        ~rows();
        rows(const rows&) = delete;
        rows& operator=(const rows&) = delete;

        bool next();
        void finish() {
            while (next()) {
            }
        }

        bool is_null(int column) const;
        bool is_integer(int column) const;
        bool is_text(int column) const;
        std::int64_t integer(int column) const;
        /// Text or blob; valid until next().
        std::string_view bytes(int column) const;

    private:
        statement& statement_;
    };

    /// Binds the arguments from ?1 on; texts must live as long as the rows.
    template <class... Args> rows query(const Args&... args) {
        int parameter = 0;
        (bind(++parameter, args), ...);
        return rows(*this);
    }
    template <class... Args> void run(const Args&... args) { query(args...).finish(); }
    /// As many as the statement has parameters.
    void run_on_all(std::span<const std::uint64_t> values);

private:
    void bind(int parameter, std::int64_t value);
    void bind(int parameter, std::uint64_t value);
    void bind(int parameter, std::string_view value);
    void bind(int parameter, const sha256_digest& value);
    void bind(int parameter, timestamp value);
    void bind(int parameter, blob value);
    void bind_null(int parameter);
    template <class T> void bind(int parameter, const std::optional<T>& value) {
        value ? bind(parameter, *value) : bind_null(parameter);
    }
    void check(int code) const;

    struct finalizer {
        void operator()(sqlite3_stmt* handle) const noexcept;
    };
    database& db_;
    std::unique_ptr<sqlite3_stmt, finalizer> handle_;
};

/// Rolls back unless committed.
class transaction {
public:
    enum class kind { read, write };
    transaction(database& db, kind what);
    ~transaction();
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;

    void commit();

private:
    database& db_;
    bool open_ = true;
};

} // namespace nodewall::eventlog
