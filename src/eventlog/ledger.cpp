#include "eventlog/ledger.hpp"

#include "base/limits.hpp"
#include "model/kind.hpp"

#include <cassert>

namespace nodewall::eventlog {

namespace {

head head_of(const row& r) {
    return {.seq = r.seq,
            .uid = quick_hash(r.uid),
            .resource_version = quick_hash(r.resource_version),
            .stream = r.concerns_object() ? quick_hash(r.stream) : 0,
            .bytes = r.body.size()};
}

} // namespace

void ledger::write(row r, const head_id& id) {
    if (now_ < last_at_) {
        const auto body =
            R"({"before":")" + to_rfc3339(last_at_) + R"(","after":")" + to_rfc3339(now_) + R"("})";
        last_at_ = now_;
        write({.stream = model::agent_stream,
               .type = model::event_type::clock,
               .origin = model::event_origin::agent,
               .body = body},
              {});
    }
    r.seq = tail_.seq + 1;
    r.at = now_;
    if (r.body.empty())
        r.body = "{}"; // every body is JSON, for whoever asks the table by JSON functions
    assert(r.body.size() <= limits::frame_bytes_max);
    auto* head = r.has_identity() ? heads_.find(id) : nullptr;
    if (head != nullptr)
        r.previous = head->seq;
    const auto digest = digester_(tail_.digest, r);
    rows_.insert(r, digest);
    tail_ = {r.seq, digest};
    if (head != nullptr)
        room_.release(r.namespace_, head->bytes);
    if (r.sets_head())
        room_.take(r.namespace_, r.body.size());
    if (r.sets_head() && head != nullptr)
        *head = head_of(r);
    else if (r.sets_head())
        heads_.put(id, head_of(r));
    else if (head != nullptr)
        heads_.erase(id);
    follow(r);
}

void ledger::restore_head(const row& r) {
    heads_.put(id_of(r), head_of(r));
    room_.take(r.namespace_, r.body.size());
}

void ledger::follow(const row& r) {
    last_at_ = r.at;
    if (r.forgets_cursors())
        cursors_.clear();
    if (const auto at = cursors_.find(r.stream); r.forgets_cursor() && at != cursors_.end())
        cursors_.erase(at);
    else if (r.moves_cursor() && at != cursors_.end())
        at->second = r.resource_version;
    else if (r.moves_cursor() && (r.in_force() || !cursor_forgotten(r.stream)))
        cursors_.emplace(r.stream, r.resource_version);
    if (r.type == model::event_type::listed)
        recent_.forget(r.stream);
    recent_.put(r);
}

bool ledger::cursor_forgotten(std::string_view stream) {
    return !cursors_.contains(stream) &&
           heads_.find(id_of({.stream = stream, .type = model::event_type::listed})) != nullptr;
}

void ledger::forget() {
    heads_.clear();
    room_.clear();
    recent_.clear();
    cursors_.clear();
    tail_ = {};
    last_at_ = {};
}

void ledger::restore_recent(const row& r) {
    if (r.type == model::event_type::listed)
        recent_.forget(r.stream);
    recent_.put(r);
    last_at_ = r.at;
}

void ledger::restore_ends(cursor_map cursors, const eventlog::tail& tail) {
    cursors_ = std::move(cursors);
    tail_ = tail;
}

} // namespace nodewall::eventlog
