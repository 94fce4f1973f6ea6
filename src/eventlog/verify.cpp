#include "eventlog/queries.hpp"
#include "eventlog/row_checks.hpp"
#include "eventlog/size_cap.hpp"
#include "eventlog/sqlite_reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

namespace nodewall::eventlog {

namespace {

constexpr std::uint64_t rows_between_progress = 10000;
// Each time a cut takes rows away that were not read yet, all is read anew.
constexpr int attempts_max = 5;

using progress_function = std::function<void(std::uint64_t, std::uint64_t)>;

/// One pass over the log, in short transactions beside a writer: rows never change, so those that
/// were read stay true. Those that came meanwhile are read too, and heads, cursors and tail
/// compared in the transaction that reads the last of them.
class pass {
public:
    explicit pass(database& db)
        : db_(db), beginning_(beginning()), target_(tail_seq()), rows_(db, beginning_, problems_),
          some_(db, fmt::format("SELECT {} FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2",
                                row_columns)) {}

    /// False where a cut overtook it, and nothing can be said.
    bool run(const progress_function& progress);
    verify_report report() { return {events_, problems_.take()}; }

private:
    enum class outcome { more, done, overtaken };
    outcome read_chunk(const progress_function& progress);
    void check_structure();
    void check_ends();
    void check_tail_row();
    void check_heads();
    void check_cursors();
    void check_cut();

    std::uint64_t beginning() {
        return static_cast<std::uint64_t>(db_.integer("SELECT beginning FROM tail"));
    }
    std::uint64_t tail_seq() {
        return static_cast<std::uint64_t>(db_.integer("SELECT seq FROM tail"));
    }

    database& db_;
    problem_list problems_;
    std::uint64_t beginning_, target_; // as of the start
    row_checks rows_;
    statement some_;
    std::uint64_t events_ = 0;
};

bool pass::run(const progress_function& progress) {
    auto now = outcome::more;
    try {
        while (now == outcome::more)
            now = read_chunk(progress);
    } catch (const error_exception& failure) {
        if (!failure.cause().is(errc::damaged))
            throw;
        problems_.add("after event {}: {}", rows_.seq(), failure.cause().detail());
        now = outcome::done;
    }
    if (now == outcome::overtaken)
        return false;
    check_structure();
    if (progress)
        progress(events_, events_);
    return true;
}

pass::outcome pass::read_chunk(const progress_function& progress) {
    transaction snapshot(db_, transaction::kind::read);
    if (const auto moved = beginning(); moved != beginning_ && moved > rows_.seq())
        return outcome::overtaken;
    // Behind the tail that was there at the start the rest is read at once, however much came.
    const bool rest = rows_.seq() >= target_;
    const auto limit = rest ? std::uint64_t{INT64_MAX} : limits::read_chunk_rows;
    std::uint64_t count = 0;
    for (auto rows = some_.query(rows_.seq(), limit); rows.next(); ++count) {
        rows_.check(rows);
        if (++events_ % rows_between_progress == 0 && progress)
            progress(events_, std::max(events_, target_ + 1 - std::min(target_, beginning_)));
    }
    if (count == limit)
        return outcome::more;
    check_ends();
    return outcome::done;
}

// One statement and one snapshot, which takes as long as reading the file does: it comes last, when
// the rows' pages are in memory.
void pass::check_structure() {
    statement check(db_, fmt::format("PRAGMA quick_check({})", problem_list::problems_max));
    for (auto rows = check.query(); rows.next();)
        if (rows.bytes(0) != "ok")
            problems_.add("file: {}", rows.bytes(0));
}

void pass::check_ends() {
    check_tail_row();
    check_heads();
    check_cursors();
    check_cut();
    rows_.finish();
}

void pass::check_tail_row() {
    statement query(db_, "SELECT seq, digest FROM tail");
    auto rows = query.query();
    if (!rows.next())
        return problems_.add("tail: missing");
    const auto seq = static_cast<std::uint64_t>(rows.integer(0));
    if (seq != rows_.seq())
        problems_.add("tail: names event {}, the last one is {}", seq, rows_.seq());
    else if (read_digest(rows, 1, "tail") != rows_.digest())
        problems_.add("tail: digest differs from that of event {}", seq);
    if (rows.next())
        problems_.add("tail: more than one row");
}

void pass::check_heads() {
    std::vector<std::uint64_t> told;
    statement query(db_, "SELECT seq FROM object ORDER BY seq");
    for (auto rows = query.query(); rows.next();)
        told.push_back(static_cast<std::uint64_t>(rows.integer(0)));
    const auto folded = rows_.folded().heads();
    std::vector<std::uint64_t> wrong;
    std::ranges::set_difference(told, folded, std::back_inserter(wrong));
    for (const auto seq : wrong)
        problems_.add("object: event {} is no live head", seq);
    wrong.clear();
    std::ranges::set_difference(folded, told, std::back_inserter(wrong));
    for (const auto seq : wrong)
        problems_.add("object: the live head of event {} is missing", seq);
}

void pass::check_cursors() {
    const auto told = read_cursors(db_);
    const auto& cursors = rows_.folded().cursors();
    for (const auto& [stream, folded] : cursors) {
        const auto at = told.find(stream);
        // What moved it on may have been cut.
        const bool cut = beginning_ != 1 && folded.seq <= beginning_;
        if (at == told.end() || (at->second != folded.resource_version && !cut))
            problems_.add("cursor {}: is '{}', and should be '{}'", stream,
                          at == told.end() ? "" : at->second, folded.resource_version);
    }
    for (const auto& [stream, resource_version] : told)
        if (!cursors.contains(stream) && beginning_ == 1)
            problems_.add("cursor {}: no event sets it", stream);
}

// In numbers of the file as it is now: it may have been cut, behind this pass, while it ran.
void pass::check_cut() {
    statement strays(db_, "SELECT seq FROM cut WHERE seq > (SELECT beginning FROM tail) OR seq IN "
                          "(SELECT seq FROM event) OR seq + 1 NOT IN (SELECT seq FROM event)");
    for (auto rows = strays.query(); rows.next();)
        problems_.add("cut: event {} ends no run of removed events", rows.integer(0));
    const auto now = beginning();
    statement kept(db_, "SELECT count(*) FROM event WHERE seq <= ?1");
    auto rows = kept.query(now);
    const auto removed =
        now - std::min(now, rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0);
    const bool cut = now != 1 || removed != 0;
    if (cut && rows_.last_cut() != cut_body(now, removed))
        problems_.add("cut: {} events below event {} are gone, the event CUT says {}", removed, now,
                      rows_.last_cut().empty() ? "nothing" : rows_.last_cut());
}

void verify_or_throw(database& db, const progress_function& progress, verify_report& report) {
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        pass p(db);
        bool done = false;
        try {
            done = p.run(progress);
        } catch (const error_exception&) {
            report = p.report();
            throw;
        }
        report = p.report();
        if (done)
            return;
    }
    fail(errc::busy, db.path() + ": the size cap removes events faster than they are read");
}

} // namespace

result<verify_report> verify(const std::string& path,
                             const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    verify_report report;
    const auto run = guarded([&] {
        const auto db = open_to_read(path);
        verify_or_throw(*db, progress, report);
    });
    if (!run && !run.error().is(errc::damaged))
        return run.error();
    if (!run)
        report.problems.push_back(run.error().detail());
    return report;
}

} // namespace nodewall::eventlog
