// How many events a second the log takes, beside bare SQLite in the same run.
//
//     append [FOLDER] [SECONDS] [SEED]
//
// Both write rows with bodies of 1.5 kB in commits of 256, WAL, synchronous=FULL, pages of 8 kB, to
// new files in FOLDER (default: TMPDIR, else /var/tmp). The log does all that it does in service:
// heads of 10,000 objects in random order, links, cursor, digests, the index over time. Rounds of
// the two alternate, so that a disk that is busy elsewhere slows both.
#include "eventlog/log.hpp"

#include <fmt/core.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

namespace {

using namespace nodewall;

constexpr std::size_t body_bytes = 1500, object_count = 10'000,
                      group = limits::append_batch_events_max;

using watch = std::chrono::steady_clock;

double seconds_since(watch::time_point start) {
    return std::chrono::duration<double>(watch::now() - start).count();
}

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

class bare_sqlite {
public:
    explicit bare_sqlite(const std::string& path) {
        check(sqlite3_open(path.c_str(), &db_));
        run("PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE event (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT");
        check(
            sqlite3_prepare_v2(db_, "INSERT INTO event (body) VALUES (?1)", -1, &insert_, nullptr));
    }
    ~bare_sqlite() {
        sqlite3_finalize(insert_);
        sqlite3_close(db_);
    }
    bare_sqlite(const bare_sqlite&) = delete;
    bare_sqlite& operator=(const bare_sqlite&) = delete;

    void append(const std::vector<std::string>& bodies) {
        run("BEGIN IMMEDIATE");
        for (const auto& body : bodies) {
            check(sqlite3_bind_text(insert_, 1, body.data(), static_cast<int>(body.size()),
                                    SQLITE_STATIC));
            check(sqlite3_step(insert_) == SQLITE_DONE ? SQLITE_OK : SQLITE_ERROR);
            check(sqlite3_reset(insert_));
        }
        run("COMMIT");
    }

private:
    void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
    void check(int code) const {
        if (code != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(db_));
    }

    sqlite3* db_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
};

class full_log {
public:
    explicit full_log(const std::string& path) {
        log_ = eventlog::open_writer(
                   {.path = path, .now = [this] { return now_ += second; }, .create = true})
                   .value();
    }

    void append(const std::vector<std::string>& bodies, std::mt19937_64& random) {
        model::watch_events events{"pods", {}};
        for (const auto& body : bodies) {
            const auto object = std::to_string(random() % object_count);
            events.events.push_back(
                {model::observed_event::action::modified,
                 {"namespace-" + object.substr(0, 1), "deployment-6d4b75cb6d-" + object,
                  "8f14e45f-ceea-467f-9b0a-" + object, std::to_string(++version_), body}});
        }
        const model::append_request request = std::move(events);
        const auto start = watch::now();
        log_->append({&request, 1}).value();
        busy_ += seconds_since(start);
    }
    double busy() const { return busy_; }

private:
    static constexpr std::chrono::seconds second{1};
    timestamp now_{};
    std::uint64_t version_ = 0;
    double busy_ = 0;
    std::unique_ptr<eventlog::log_writer> log_;
};

int run(const std::string& folder, double seconds, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i < group; ++i)
        bodies.push_back(body_of(random));

    bare_sqlite bare(folder + "/bare.db");
    full_log log(folder + "/log.db");
    // Warm: every object has a head, as in a service that runs.
    for (std::size_t i = 0; i < 4 * object_count; i += group)
        log.append(bodies, random);
    const double warm_up = log.busy();

    double bare_busy = 0;
    std::size_t events = 0;
    constexpr int round = 16;
    while (bare_busy + log.busy() - warm_up < seconds) {
        const auto start = watch::now();
        for (int i = 0; i < round; ++i)
            bare.append(bodies);
        bare_busy += seconds_since(start);
        for (int i = 0; i < round; ++i)
            log.append(bodies, random);
        events += round * group;
    }
    const auto count = static_cast<double>(events);
    const double log_rate = count / (log.busy() - warm_up), bare_rate = count / bare_busy;
    fmt::print("append: {} events of {} B each way, {} objects in random order, commits of {}, "
               "seed {}, warm, folder {}\n",
               events, body_bytes, object_count, group, seed, folder);
    fmt::print("bare SQLite  {:>8.0f} events/s\n", bare_rate);
    fmt::print("nodewall log {:>8.0f} events/s   ratio {:.2f}   (wanted: 30000, ratio 0.50)\n",
               log_rate, log_rate / bare_rate);
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
