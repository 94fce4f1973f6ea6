// How many events a second the log takes, beside bare SQLite in the same run.
//
//     append [FOLDER] [SECONDS] [SEED]
//
// Both write the same rows (every column of table event), with bodies of 1.5 kB, in commits of 256,
// WAL, synchronous=FULL, pages of 8 kB, to new files in FOLDER (default: TMPDIR, else /var/tmp).
// Bare SQLite only inserts them, and is given link and digest ready made; the log does all that it
// does in service: heads of 10,000 objects in random order, links, cursor, digests, the index over
// time. Between the two stands SQLite with heads and digests: who writes the same contents by plain
// SQL, a table of heads by name and a chain of digests. Rounds of all alternate, so that a disk
// that is busy elsewhere slows each; on a busy machine the ratio of the CPU times is the steadier
// figure.
#include "eventlog/log.hpp"

#include <fmt/core.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

namespace {

using namespace nodewall;

constexpr std::size_t body_bytes = 1500, object_count = 10'000,
                      group = limits::append_batch_events_max;

using watch = std::chrono::steady_clock;

double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// By the clock on the wall, and of this thread's CPU.
struct spent {
    double wall = 0, cpu = 0;

    template <class F> void on(F&& work) {
        const auto start = watch::now();
        const auto cpu_start = cpu_seconds();
        work();
        cpu += cpu_seconds() - cpu_start;
        wall += std::chrono::duration<double>(watch::now() - start).count();
    }
};

std::string body_of(std::mt19937_64& random) {
    std::string body(body_bytes, ' ');
    for (auto& c : body)
        c = static_cast<char>('a' + random() % 26);
    return body;
}

std::uint64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t size = 0, resident = 0;
    statm >> size >> resident;
    return resident * 4096;
}

/// SQLite through its own interface.
class bare_sqlite {
public:
    bare_sqlite(const std::string& path, bool heads_and_digests) : whole_(heads_and_digests) {
        check(sqlite3_open(path.c_str(), &db_));
        run("PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE event (seq INTEGER PRIMARY KEY, at INTEGER, claimed_at INTEGER, "
            "stream TEXT, type TEXT, origin TEXT, namespace TEXT, name TEXT, uid TEXT, "
            "resource_version TEXT, previous INTEGER, body TEXT, digest BLOB);"
            "CREATE TABLE head (namespace TEXT, name TEXT, seq INTEGER, "
            "PRIMARY KEY (namespace, name)) WITHOUT ROWID");
        insert_ = prepared("INSERT INTO event VALUES (NULL, 1795423200000000000, NULL, 'pods', "
                           "'MODIFIED', 'watch', ?1, ?2, ?3, ?4, ?6, ?5, ?7)");
        find_ = prepared("SELECT seq FROM head WHERE namespace = ?1 AND name = ?2");
        put_ = prepared("INSERT INTO head VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET seq = ?3");
    }
    ~bare_sqlite() {
        for (auto* s : {insert_, find_, put_})
            sqlite3_finalize(s);
        sqlite3_close(db_);
    }
    bare_sqlite(const bare_sqlite&) = delete;
    bare_sqlite& operator=(const bare_sqlite&) = delete;

    void append(const model::watch_events& events) {
        run("BEGIN IMMEDIATE");
        for (const auto& event : events.events)
            append(event.object);
        run("COMMIT");
    }

private:
    void append(const model::observed_object& o) {
        const auto previous = whole_ ? head_of(o) : 40'000;
        if (whole_)
            follow(o);
        int column = 0;
        for (const auto* text : {&o.namespace_, &o.name, &o.uid, &o.resource_version, &o.body})
            bind(insert_, ++column, *text);
        check(sqlite3_bind_int64(insert_, 6, previous));
        check(sqlite3_bind_blob(insert_, 7, digest_.data(), static_cast<int>(digest_.size()),
                                SQLITE_STATIC));
        finish(insert_);
        if (!whole_)
            return;
        bind(put_, 1, o.namespace_);
        bind(put_, 2, o.name);
        check(sqlite3_bind_int64(put_, 3, sqlite3_last_insert_rowid(db_)));
        finish(put_);
    }
    /// 0: none yet.
    sqlite3_int64 head_of(const model::observed_object& o) {
        bind(find_, 1, o.namespace_);
        bind(find_, 2, o.name);
        const auto seq = sqlite3_step(find_) == SQLITE_ROW ? sqlite3_column_int64(find_, 0) : 0;
        check(sqlite3_reset(find_));
        return seq;
    }
    void follow(const model::observed_object& o) {
        hasher_.update({reinterpret_cast<const char*>(digest_.data()), digest_.size()});
        for (const auto* text : {&o.namespace_, &o.name, &o.uid, &o.resource_version, &o.body})
            hasher_.update(*text);
        digest_ = hasher_.finish();
    }

    sqlite3_stmt* prepared(const char* sql) {
        sqlite3_stmt* made = nullptr;
        check(sqlite3_prepare_v2(db_, sql, -1, &made, nullptr));
        return made;
    }
    void bind(sqlite3_stmt* to, int column, const std::string& text) const {
        check(sqlite3_bind_text(to, column, text.data(), static_cast<int>(text.size()),
                                SQLITE_STATIC));
    }
    void finish(sqlite3_stmt* s) const {
        check(sqlite3_step(s) == SQLITE_DONE ? SQLITE_OK : SQLITE_ERROR);
        check(sqlite3_reset(s));
    }
    void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
    void check(int code) const {
        if (code != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(db_));
    }

    bool whole_;
    sqlite3* db_ = nullptr;
    sqlite3_stmt *insert_ = nullptr, *find_ = nullptr, *put_ = nullptr;
    sha256_hasher hasher_;
    sha256_digest digest_{};
};

std::unique_ptr<eventlog::log_writer> new_log(const std::string& path) {
    auto clock = [now = timestamp()]() mutable { return now += std::chrono::seconds(1); };
    return eventlog::open_writer({.path = path, .now = clock, .create = true}).value();
}

/// Changes of pods, in groups of one commit.
class changes {
public:
    explicit changes(std::uint64_t seed) : random_(seed) {
        for (std::size_t i = 0; i < group; ++i)
            group_.events.push_back(
                {model::observed_event::action::modified, {.body = body_of(random_)}});
    }

    const model::watch_events& next() {
        for (auto& event : group_.events) {
            auto& o = event.object;
            const auto number = std::to_string(random_() % object_count);
            o.namespace_ = "namespace-" + number.substr(0, 1);
            o.name = "deployment-6d4b75cb6d-" + number;
            o.uid = "8f14e45f-ceea-467f-9b0a-" + number;
            o.resource_version = std::to_string(++version_);
        }
        return group_;
    }

private:
    std::mt19937_64 random_;
    std::uint64_t version_ = 0;
    model::watch_events group_{"pods", {}};
};

int run(const std::string& folder, double seconds, std::uint64_t seed) {
    changes pods(seed);
    bare_sqlite bare(folder + "/bare.db", false);
    bare_sqlite by_hand(folder + "/by-hand.db", true);
    const auto log = new_log(folder + "/log.db");

    spent in_bare, in_hand, in_log;
    const auto append_to = [&](bare_sqlite& db, spent& where) {
        const auto& events = pods.next();
        where.on([&] { db.append(events); });
    };
    const auto append_log = [&] {
        const model::append_request request = pods.next();
        in_log.on([&] { log->append({&request, 1}).value(); });
    };

    // Warm: every object has a head, as in a service that runs.
    for (std::size_t i = 0; i < 4 * object_count; i += group) {
        append_log();
        append_to(by_hand, in_hand);
    }
    in_log = in_hand = {};

    std::size_t events = 0;
    constexpr int round = 16;
    while (in_bare.wall + in_hand.wall + in_log.wall < seconds) {
        for (int i = 0; i < round; ++i)
            append_to(bare, in_bare);
        for (int i = 0; i < round; ++i)
            append_to(by_hand, in_hand);
        for (int i = 0; i < round; ++i)
            append_log();
        events += round * group;
    }
    const auto count = static_cast<double>(events);
    const double log_rate = count / in_log.wall, bare_rate = count / in_bare.wall,
                 hand_rate = count / in_hand.wall;
    fmt::print("append: {} events each way, bodies of {} B, {} objects in random order, commits of "
               "{}, seed {}, warm, folder {}\n",
               events, body_bytes, object_count, group, seed, folder);
    fmt::print("bare SQLite  {:>8.0f} events/s\n", bare_rate);
    fmt::print("with heads and digests {:.0f} events/s   nodewall's ratio to it {:.2f}\n",
               hand_rate, log_rate / hand_rate);
    fmt::print("nodewall log {:>8.0f} events/s   ratio {:.2f}   (wanted: 30000, ratio 0.50)\n",
               log_rate, log_rate / bare_rate);
    fmt::print("CPU time     {:>8.2f} us/event, bare SQLite {:.2f}   ratio {:.2f}\n",
               in_log.cpu / count * 1e6, in_bare.cpu / count * 1e6, in_bare.cpu / in_log.cpu);
    fmt::print("resident     {:>8.1f} MB\n", static_cast<double>(resident_bytes()) / 1e6);
    return log_rate >= 30'000 && log_rate >= bare_rate / 2 ? 0 : 1;
}

std::string default_folder() {
    const char* set = std::getenv("TMPDIR");
    return set != nullptr ? set : "/var/tmp";
}

} // namespace

int main(int argc, char** argv) {
    std::string folder = (argc > 1 ? argv[1] : default_folder()) + "/nodewall-bench-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) {
        fmt::print(stderr, "cannot make {}\n", folder);
        return 3;
    }
    const int code = run(folder, argc > 2 ? std::atof(argv[2]) : 10,
                         argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
    std::filesystem::remove_all(folder);
    return code;
}
