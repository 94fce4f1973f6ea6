#include "eventlog/schema.hpp"

#include "eventlog/migrations.hpp"

#include <fmt/core.h>

#include <map>

namespace nodewall::eventlog {

namespace {

struct schema_object {
    std::string type, table, sql;
    bool operator==(const schema_object&) const = default;
};
using schema_map = std::map<std::string, schema_object>;

// What ANALYZE leaves behind is no part of the format.
schema_map read_schema(database& db) {
    statement query(db, "SELECT name, type, tbl_name, ifnull(sql, '') FROM sqlite_schema "
                        "WHERE name NOT LIKE 'sqlite_stat%'");
    schema_map schema;
    auto rows = query.query();
    while (rows.next())
        schema[std::string(rows.bytes(0))] = {
            std::string(rows.bytes(1)), std::string(rows.bytes(2)), std::string(rows.bytes(3))};
    return schema;
}

void run_migrations_after(database& db, std::int64_t number, timestamp now) {
    for (const auto& m : migrations()) {
        if (m.number <= number)
            continue;
        db.execute(m.sql);
        statement ledger(db, "INSERT INTO migration (number, name, at) VALUES (?1, ?2, ?3)");
        ledger.run(std::int64_t{m.number}, std::string_view(m.name), now);
    }
}

// What this program makes.
struct own_format {
    std::int64_t application_id = 0, version = 0;
    schema_map schema;

    own_format() {
        database db;
        run_migrations_after(db, 0, {});
        application_id = db.integer("PRAGMA application_id");
        version = db.integer("PRAGMA user_version");
        schema = read_schema(db);
    }
};

const own_format& ours() {
    static const own_format format;
    return format;
}

std::string version_text(std::int64_t version) {
    return fmt::format("{}.{}", version >> 16, version & 0xffff);
}

} // namespace

bool is_blank(database& db) {
    return db.integer("PRAGMA application_id") == 0 &&
           db.integer("SELECT count(*) FROM sqlite_schema") == 0;
}

void prepare_blank(database& db) {
    db.execute(
        fmt::format("PRAGMA page_size={}; PRAGMA auto_vacuum=INCREMENTAL", page_bytes).c_str());
}

void migrate(database& db, timestamp now) {
    run_migrations_after(db, is_blank(db) ? 0 : db.integer("SELECT max(number) FROM migration"),
                         now);
}

void check_application(database& db) {
    if (db.integer("PRAGMA application_id") != ours().application_id)
        fail(errc::not_a_log, db.path());
}

void check_schema(database& db) {
    check_application(db);
    const auto version = db.integer("PRAGMA user_version");
    if (version >> 16 > ours().version >> 16)
        fail(errc::newer, fmt::format("{}: format {}, this program writes {}", db.path(),
                                      version_text(version), version_text(ours().version)));
    const auto schema = read_schema(db);
    for (const auto& [name, wanted] : ours().schema) {
        const auto found = schema.find(name);
        if (found == schema.end() || found->second != wanted)
            fail(errc::not_a_log, fmt::format("{}: {} {} is missing or of another shape", db.path(),
                                              wanted.type, name));
    }
    for (const auto& [name, found] : schema) {
        const bool harmless = found.type == "table" || found.type == "index";
        if (!ours().schema.contains(name) && !(harmless && version > ours().version))
            fail(errc::not_a_log,
                 fmt::format("{}: {} {} has no place in a log", db.path(), found.type, name));
    }
}

} // namespace nodewall::eventlog
