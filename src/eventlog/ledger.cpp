#include "eventlog/ledger.hpp"

#include "base/limits.hpp"
#include "model/kind.hpp"

#include <cassert>

namespace nodewall::eventlog {

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
    if (r.has_identity())
        if (const auto* before = heads_.find(id))
            r.previous = before->seq;
    const auto digest = digester_(tail_.digest, r);
    rows_.insert(r, digest);
    tail_ = {r.seq, digest};
    if (r.sets_head())
        put_head(r, id);
    else if (r.has_identity())
        heads_.erase(id);
    follow(r);
}

void ledger::put_head(const row& r, const head_id& id) {
    heads_.put(id, {.seq = r.seq,
                    .uid = quick_hash(r.uid),
                    .resource_version = quick_hash(r.resource_version),
                    .stream = r.concerns_object() ? quick_hash(r.stream) : 0});
}

void ledger::follow(const row& r) {
    last_at_ = r.at;
    if (r.forgets_cursors())
        cursors_.clear();
    if (r.moves_cursor() && (r.in_force() || !cursor_forgotten(r.stream)))
        cursors_[std::string(r.stream)] = r.resource_version;
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
