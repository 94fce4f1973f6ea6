#include "eventlog/database.hpp"

#include "base/limits.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <limits>

namespace nodewall::eventlog {

namespace {

// SQLite's own lock is held by another process for moments only (a recovery, a last close).
constexpr int busy_wait_ms = 500;
// The longest body, and room for the rest of a row.
constexpr int value_bytes_max = static_cast<int>(limits::frame_bytes_max) + (1 << 20);

errc meaning_of(int code) {
    switch (code & 0xff) {
    case SQLITE_FULL:
        return errc::disk_full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return errc::busy;
    case SQLITE_NOTADB:
        return errc::not_a_log;
    case SQLITE_CORRUPT:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
        return errc::damaged;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return errc::read_only;
    default:
        return errc::io;
    }
}

// A path as SQLite's URI: what has a meaning there is escaped.
std::string immutable_uri(const std::string& path) {
    std::string uri = "file:";
    for (const char c : path) {
        if (c == '%' || c == '?' || c == '#')
            uri += "%" + to_hex(std::string_view(&c, 1));
        else
            uri += c;
    }
    return uri + "?immutable=1";
}

} // namespace

void fail(errc code, std::string detail) {
    throw error_exception(error(code, std::move(detail)));
}

database::database(const std::string& path, access mode, const std::string& vfs) : path_(path) {
    if (mode == access::immutable)
        open(immutable_uri(path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, vfs);
    else
        open(path, mode == access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, vfs);
}

database::database() : path_(":memory:") {
    open(path_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY, {});
}

void database::open(const std::string& name, int flags, const std::string& vfs) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX,
                                     vfs.empty() ? nullptr : vfs.c_str());
    handle_.reset(handle);
    if (handle == nullptr)
        fail(errc::io, path_);
    if (code != SQLITE_OK)
        fail_with(code);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busy_wait_ms);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, value_bytes_max);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    execute("PRAGMA cell_size_check=ON");
}

void database::closer::operator()(sqlite3* handle) const noexcept {
    sqlite3_close_v2(handle);
}

void database::fail_with(int sqlite_code) const {
    fail(meaning_of(sqlite_code), path_ + ": " + sqlite3_errmsg(handle_.get()));
}

void database::execute(const char* sql) {
    if (const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr))
        fail_with(code);
}

std::int64_t database::integer(const char* sql) {
    statement query(*this, sql);
    auto rows = query.query();
    return rows.next() ? rows.integer(0) : 0;
}

std::string database::text(const char* sql) {
    statement query(*this, sql);
    auto rows = query.query();
    return rows.next() ? std::string(rows.bytes(0)) : std::string();
}

bool database::opened_read_only() const {
    return sqlite3_db_readonly(handle_.get(), "main") == 1;
}

statement::statement(database& db, std::string_view sql) : db_(db) {
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v3(db.handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    handle_.reset(handle);
    check(code);
}

void statement::finalizer::operator()(sqlite3_stmt* handle) const noexcept {
    sqlite3_finalize(handle);
}

void statement::check(int code) const {
    if (code != SQLITE_OK)
        db_.fail_with(code);
}

void statement::bind(int parameter, std::int64_t value) {
    check(sqlite3_bind_int64(handle_.get(), parameter, value));
}

void statement::bind(int parameter, std::uint64_t value) {
    constexpr std::uint64_t greatest = std::numeric_limits<std::int64_t>::max();
    bind(parameter, static_cast<std::int64_t>(std::min(value, greatest)));
}

void statement::bind(int parameter, std::string_view value) {
    // A null pointer would bind NULL.
    const char* text = value.data() == nullptr ? "" : value.data();
    check(sqlite3_bind_text64(handle_.get(), parameter, text, value.size(), SQLITE_STATIC,
                              SQLITE_UTF8));
}

void statement::bind(int parameter, const sha256_digest& value) {
    check(sqlite3_bind_blob(handle_.get(), parameter, value.data(), static_cast<int>(value.size()),
                            SQLITE_STATIC));
}

void statement::bind(int parameter, blob value) {
    check(sqlite3_bind_blob64(handle_.get(), parameter, value.bytes.data(), value.bytes.size(),
                              SQLITE_STATIC));
}

void statement::run_on_all(std::span<const std::uint64_t> values) {
    int parameter = 0;
    for (const auto value : values)
        bind(++parameter, value);
    rows(*this).finish();
}

void statement::bind(int parameter, timestamp value) {
    bind(parameter, static_cast<std::int64_t>(value.time_since_epoch().count()));
}

void statement::bind_null(int parameter) {
    check(sqlite3_bind_null(handle_.get(), parameter));
}

statement::rows::~rows() {
    sqlite3_reset(statement_.handle_.get());
}

bool statement::rows::next() {
    const int code = sqlite3_step(statement_.handle_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        statement_.db_.fail_with(code);
    return code == SQLITE_ROW;
}

bool statement::rows::is_null(int column) const {
    return sqlite3_column_type(statement_.handle_.get(), column) == SQLITE_NULL;
}

bool statement::rows::is_integer(int column) const {
    return sqlite3_column_type(statement_.handle_.get(), column) == SQLITE_INTEGER;
}

bool statement::rows::is_text(int column) const {
    return sqlite3_column_type(statement_.handle_.get(), column) == SQLITE_TEXT;
}

std::int64_t statement::rows::integer(int column) const {
    return sqlite3_column_int64(statement_.handle_.get(), column);
}

std::string_view statement::rows::bytes(int column) const {
    const auto* data =
        static_cast<const char*>(sqlite3_column_blob(statement_.handle_.get(), column));
    const auto size = sqlite3_column_bytes(statement_.handle_.get(), column);
    return {data == nullptr ? "" : data, static_cast<std::size_t>(size)};
}

transaction::transaction(database& db, kind what) : db_(db) {
    db_.execute(what == kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

transaction::~transaction() {
    // SQLite itself has rolled back after some errors: then this says so and does nothing.
    if (open_)
        sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void transaction::commit() {
    db_.execute("COMMIT");
    open_ = false;
}

} // namespace nodewall::eventlog
