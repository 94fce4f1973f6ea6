#include "eventlog/digest.hpp"
#include "eventlog/fold.hpp"
#include "eventlog/queries.hpp"
#include "eventlog/size_cap.hpp"
#include "eventlog/sqlite_reader.hpp"

#include "model/kind.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::eventlog {

namespace {

constexpr std::size_t problems_max = 100;
constexpr std::uint64_t rows_between_progress = 10000;

/// One pass over the log in one snapshot, so that rows, heads, cursors and tail belong together.
class verifier {
public:
    verifier(database& db, verify_report& report) : db_(db), report_(report) {}

    void run(const std::function<void(std::uint64_t, std::uint64_t)>& progress);

private:
    template <class... Args> void problem(fmt::format_string<Args...> format, Args&&... args) {
        if (report_.problems.size() < problems_max)
            report_.problems.push_back(fmt::format(format, std::forward<Args>(args)...));
    }

    void check_structure();
    void read_cuts();
    void check_row(const statement::rows& columns);
    bool check_place(const row& r);
    void check_links(const row& r);
    void check_first(const row& r);
    void check_tail_row();
    void check_heads();
    void check_cursors();
    void check_cut();

    database& db_;
    verify_report& report_;
    fold fold_;
    row_digester digester_;
    std::uint64_t beginning_ = 1;
    std::map<std::uint64_t, sha256_digest> cuts_; // by the last seq of the run that is gone
    std::uint64_t removed_ = 0;
    std::string last_cut_;
    // The row before.
    std::uint64_t seq_ = 0;
    timestamp at_{};
    sha256_digest digest_ = no_digest;
};

void verifier::run(const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    transaction snapshot(db_, transaction::kind::read);
    check_structure();
    read_cuts();
    const auto total = static_cast<std::uint64_t>(db_.integer("SELECT count(*) FROM event"));
    statement all(db_, fmt::format("SELECT {} FROM event ORDER BY seq", row_columns));
    for (auto rows = all.query(); rows.next();) {
        check_row(rows);
        if (++report_.events % rows_between_progress == 0 && progress)
            progress(report_.events, total);
    }
    check_tail_row();
    check_heads();
    check_cursors();
    check_cut();
    if (progress)
        progress(report_.events, total);
}

void verifier::check_structure() {
    statement check(db_, fmt::format("PRAGMA quick_check({})", problems_max));
    for (auto rows = check.query(); rows.next();)
        if (rows.bytes(0) != "ok")
            problem("file: {}", rows.bytes(0));
}

void verifier::read_cuts() {
    beginning_ = static_cast<std::uint64_t>(db_.integer("SELECT beginning FROM tail"));
    statement query(db_, "SELECT seq, digest FROM cut");
    for (auto rows = query.query(); rows.next();)
        cuts_[static_cast<std::uint64_t>(rows.integer(0))] = read_digest(rows, 1, "cut");
}

void verifier::check_row(const statement::rows& columns) {
    try {
        const auto r = read_row(columns);
        const auto digest = read_row_digest(columns);
        if (check_place(r) && digester_(digest_, r) != digest)
            problem("event {}: digest differs", r.seq);
        check_links(r);
        fold_.apply(r);
        if (r.type == cut_type && r.stream == model::agent_stream)
            last_cut_ = r.body;
        seq_ = r.seq;
        at_ = r.at;
        digest_ = digest;
    } catch (const error_exception& failure) {
        problem("{}", failure.cause().detail());
        seq_ = static_cast<std::uint64_t>(columns.integer(0));
    }
}

// Whether it is known what the row stands on.
bool verifier::check_place(const row& r) {
    if (seq_ == 0 && r.seq == 1) {
        check_first(r);
        return true;
    }
    if (r.seq == seq_ + 1) {
        if (r.at < at_ && r.type != model::event_type::clock)
            problem("event {}: earlier than the event before it, without a CLOCK", r.seq);
        return true;
    }
    const auto cut = cuts_.find(r.seq - 1);
    if (cut == cuts_.end() || r.seq - 1 > beginning_) {
        problem("events {} to {}: missing", seq_ + 1, r.seq - 1);
        return false;
    }
    removed_ += r.seq - 1 - seq_;
    digest_ = cut->second;
    cuts_.erase(cut);
    return true;
}

void verifier::check_first(const row& r) {
    if (r.stream != model::agent_stream || r.type != model::event_type::genesis)
        problem("event 1: is not the genesis of a log");
}

void verifier::check_links(const row& r) {
    const auto before = fold_.head_before(r);
    // Of the rows below a cut only heads are left: what they replaced is gone.
    const bool gone = !before && r.previous && *r.previous < r.seq && r.seq <= beginning_;
    if (r.previous != before && !gone)
        problem("event {}: previous is {}, and should be {}", r.seq, r.previous.value_or(0),
                before.value_or(0));
}

void verifier::check_tail_row() {
    statement query(db_, "SELECT seq, digest FROM tail");
    auto rows = query.query();
    if (!rows.next())
        return problem("tail: missing");
    const auto seq = static_cast<std::uint64_t>(rows.integer(0));
    if (seq != seq_)
        problem("tail: names event {}, the last one is {}", seq, seq_);
    else if (read_digest(rows, 1, "tail") != digest_)
        problem("tail: digest differs from that of event {}", seq_);
    if (rows.next())
        problem("tail: more than one row");
}

void verifier::check_heads() {
    std::vector<std::uint64_t> told;
    statement query(db_, "SELECT seq FROM object ORDER BY seq");
    for (auto rows = query.query(); rows.next();)
        told.push_back(static_cast<std::uint64_t>(rows.integer(0)));
    const auto folded = fold_.heads();
    std::vector<std::uint64_t> wrong;
    std::ranges::set_difference(told, folded, std::back_inserter(wrong));
    for (const auto seq : wrong)
        problem("object: event {} is no live head", seq);
    wrong.clear();
    std::ranges::set_difference(folded, told, std::back_inserter(wrong));
    for (const auto seq : wrong)
        problem("object: the live head of event {} is missing", seq);
}

void verifier::check_cursors() {
    const auto told = read_cursors(db_);
    for (const auto& [stream, folded] : fold_.cursors()) {
        const auto at = told.find(stream);
        // What moved it on may have been cut.
        const bool cut = beginning_ != 1 && folded.seq <= beginning_;
        if (at == told.end() || (at->second != folded.resource_version && !cut))
            problem("cursor {}: is '{}', and should be '{}'", stream,
                    at == told.end() ? "" : at->second, folded.resource_version);
    }
    for (const auto& [stream, resource_version] : told)
        if (!fold_.cursors().contains(stream) && beginning_ == 1)
            problem("cursor {}: no event sets it", stream);
}

void verifier::check_cut() {
    for (const auto& [seq, digest] : cuts_)
        problem("cut: event {} ends no run of removed events", seq);
    const bool cut = beginning_ != 1 || removed_ != 0;
    if (cut && last_cut_ != cut_body(beginning_, removed_))
        problem("cut: {} events below event {} are gone, the act CUT says {}", removed_, beginning_,
                last_cut_.empty() ? "nothing" : last_cut_);
}

} // namespace

result<verify_report> verify(const std::string& path,
                             const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    verify_report report;
    const auto run = guarded([&] {
        const auto db = open_to_read(path);
        verifier(*db, report).run(progress);
    });
    if (!run && !run.error().is(errc::damaged))
        return run.error();
    if (!run)
        report.problems.push_back(run.error().detail());
    return report;
}

} // namespace nodewall::eventlog
