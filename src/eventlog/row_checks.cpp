#include "eventlog/row_checks.hpp"

#include "model/kind.hpp"

#include <algorithm>
#include <tuple>

namespace nodewall::eventlog {

namespace {

bool same(const row& a, const row& b) {
    const auto words = [](const row& r) {
        return std::tie(r.seq, r.at, r.claimed_at, r.stream, r.type, r.origin, r.namespace_, r.name,
                        r.uid, r.resource_version, r.previous, r.body);
    };
    return words(a) == words(b);
}

} // namespace

checkpoint_checks::checkpoint_checks(std::optional<checkpoint> cached, problem_list& problems)
    : cached_(std::move(cached)), problems_(problems) {
    if (cached_) {
        frame_.emplace(cached_->frame());
        next();
    }
}

void checkpoint_checks::next() {
    try {
        entry_ = frame_->next();
    } catch (const error_exception& failure) {
        problems_.add("{}", failure.cause().detail());
        entry_ = nullptr;
    }
    if (entry_ != nullptr)
        seqs_.push_back(entry_->head.seq);
}

void checkpoint_checks::meet(const row& r, const sha256_digest& digest) {
    // The size cap may have taken a row that was a head when the checkpoint was written.
    while (entry_ != nullptr && entry_->head.seq < r.seq)
        next();
    if (entry_ != nullptr && entry_->head.seq == r.seq &&
        (!same(entry_->head, r) || entry_->digest != digest))
        problems_.add("checkpoint: event {} differs from the log's", r.seq);
}

void checkpoint_checks::finish(const std::vector<std::uint64_t>& heads) {
    if (!cached_)
        return;
    while (entry_ != nullptr)
        next();
    if (!seqs_.empty() && seqs_.back() > cached_->at.seq)
        problems_.add("checkpoint: holds event {}, and stands on event {}", seqs_.back(),
                      cached_->at.seq);
    for (const auto seq : heads)
        if (seq <= cached_->at.seq && !std::ranges::binary_search(seqs_, seq))
            problems_.add("checkpoint: the live head of event {} is missing", seq);
}

namespace {

std::optional<checkpoint> checkpoint_to_compare(database& db, problem_list& problems) {
    auto cached = read_checkpoint(db);
    if (!cached && db.integer("SELECT count(*) FROM checkpoint") != 0)
        problems.add("checkpoint: damaged, or not of this log; it is not used");
    return cached;
}

} // namespace

row_checks::row_checks(database& db, std::uint64_t beginning, problem_list& problems)
    : beginning_(beginning), problems_(problems),
      checkpoint_(checkpoint_to_compare(db, problems), problems),
      cut_(db, "SELECT digest FROM cut WHERE seq = ?1") {}

void row_checks::check(const statement::rows& columns) {
    try {
        const auto r = read_row(columns);
        const auto digest = read_row_digest(columns);
        if (check_place(r) && digester_(digest_, r) != digest)
            problems_.add("event {}: digest differs", r.seq);
        check_links(r);
        fold_.apply(r);
        checkpoint_.meet(r, digest);
        if (r.type == cut_type && r.stream == model::agent_stream)
            last_cut_ = r.body;
        seq_ = r.seq;
        at_ = r.at;
        digest_ = digest;
    } catch (const error_exception& failure) {
        problems_.add("{}", failure.cause().detail());
        seq_ = static_cast<std::uint64_t>(columns.integer(0));
    }
}

// Whether it is known what the row stands on.
bool row_checks::check_place(const row& r) {
    if (r.seq == seq_ + 1) {
        if (seq_ == 0 && (r.stream != model::agent_stream || r.type != model::event_type::genesis))
            problems_.add("event 1: is not the genesis of a log");
        if (r.at < at_ && r.type != model::event_type::clock)
            problems_.add("event {}: earlier than the event before it, without a CLOCK", r.seq);
        return true;
    }
    if (r.seq - 1 <= beginning_)
        for (auto cut = cut_.query(r.seq - 1); cut.next();) {
            digest_ = read_digest(cut, 0, "cut");
            return true;
        }
    problems_.add("events {} to {}: missing", seq_ + 1, r.seq - 1);
    return false;
}

void row_checks::check_links(const row& r) {
    const auto before = fold_.head_before(r);
    // Of the rows below a cut only heads are left: what they replaced is gone.
    const bool gone = !before && r.previous && *r.previous < r.seq && r.seq <= beginning_;
    if (r.previous != before && !gone)
        problems_.add("event {}: previous is {}, and should be {}", r.seq, r.previous.value_or(0),
                      before.value_or(0));
}

} // namespace nodewall::eventlog
