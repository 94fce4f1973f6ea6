#include "eventlog/novelty.hpp"

#include "codec/unread.hpp"
#include "model/kind.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <unordered_set>

namespace nodewall::eventlog {

namespace event_origin = model::event_origin;
namespace event_type = model::event_type;

namespace {

using action = model::observed_event::action;

std::string_view type_of(action what) {
    switch (what) {
    case action::added:
        return event_type::added;
    case action::modified:
        return event_type::modified;
    case action::deleted:
        return event_type::deleted;
    case action::bookmark:
        return event_type::bookmark;
    case action::error:
        return event_type::error;
    }
    return {};
}

class recorder {
public:
    explicit recorder(ledger& log) : log_(log), first_(log.tail().seq) {}

    void operator()(const model::watch_events& watch);
    void operator()(const model::listed_objects& list);
    void operator()(const model::imported_objects& import);
    void operator()(const model::agent_event& event);
    void operator()(const model::cluster_changed& change);
    void operator()(const model::kind_unserved& gone);

    model::append_outcome outcome() {
        outcome_.last_seq = log_.tail().seq;
        outcome_.added = outcome_.last_seq - first_;
        return outcome_;
    }

private:
    void watched(std::string_view stream, const model::observed_event& event);
    void listed(const head_id& id, row r, const model::observed_object& object);
    void imported(const model::imported_objects::item& item);

    void settle(row& r, const model::observed_object& object, const head* live);
    bool known(const row& r, const head* live);
    bool same_content(const row& r, const head& live);
    void change(const row& r, const head_id& id);
    void end(const head& live, std::string_view origin,
             std::optional<timestamp> claimed_at = std::nullopt);

    ledger& log_;
    std::uint64_t first_;
    model::append_outcome outcome_;
    std::string body_; // of the row at hand, where it is not the object's own
};

row row_of_object(std::string_view stream, std::string_view type, std::string_view origin,
                  const model::observed_object& object) {
    return {.stream = stream,
            .type = type,
            .origin = origin,
            .namespace_ = object.namespace_,
            .name = object.name,
            .uid = object.uid,
            .resource_version = object.resource_version,
            .body = object.body};
}

row row_of_event(std::string_view stream, std::string_view type, std::string_view body) {
    return {.stream = stream, .type = type, .origin = event_origin::agent, .body = body};
}

// Files and old heads may lack the uid: then the name decides.
bool same_object(const head& live, std::string_view uid) {
    return live.uid == 0 || uid.empty() || live.uid == quick_hash(uid);
}

// Whether the log has this very API event: as its object's head, or among the recent rows.
bool recorder::known(const row& r, const head* live) {
    const auto is = [&](std::uint64_t seq) {
        const auto e = log_.read(seq);
        return e.stream == r.stream && e.type == r.type && e.uid == r.uid &&
               e.resource_version == r.resource_version && e.name == r.name &&
               e.namespace_ == r.namespace_;
    };
    if (live != nullptr && live->uid == quick_hash(r.uid) &&
        live->resource_version == quick_hash(r.resource_version) && is(live->seq))
        return true;
    const auto recent = log_.recent().find(r.stream, r.type, r.uid, r.resource_version);
    return recent && is(*recent);
}

void recorder::operator()(const model::watch_events& watch) {
    for (const auto& event : watch.events)
        watched(watch.stream, event);
}

void recorder::watched(std::string_view stream, const model::observed_event& event) {
    auto r = row_of_object(stream, type_of(event.what), event_origin::watch, event.object);
    if (event.what == action::error)
        return log_.write(r, {});
    if (event.what == action::bookmark) {
        const auto at = log_.cursors().find(stream);
        const auto repeats = at != log_.cursors().end() && at->second == r.resource_version;
        if (!repeats && !r.resource_version.empty())
            log_.write(r, {});
        return;
    }
    const auto id = log_.id_of(r);
    const auto* live = log_.heads().find(id);
    if (known(r, live))
        return;
    if (live != nullptr && !same_object(*live, r.uid)) {
        // The end of the object that the live one replaced: the log recorded it then.
        if (event.what == action::deleted)
            return;
        end(*live, event_origin::watch);
        live = nullptr;
    }
    settle(r, event.object, live);
    change(r, id);
}

/// Gives the row the body that it has in the log. Of an object that cannot be read, or that its
/// namespace has no room for, what was read last stays.
void recorder::settle(row& r, const model::observed_object& object, const head* live) {
    const auto last = [&] { return live == nullptr ? std::string() : log_.read(live->seq).body; };
    auto reason = object.unread;
    if (r.type == event_type::deleted) {
        if (!reason.empty())
            r.body = body_ = last();
        return;
    }
    if (reason.empty())
        reason = log_.lacks_room(r, live);
    if (!reason.empty())
        r.body = body_ = codec::unread_body(last(), object, reason);
}

void recorder::operator()(const model::listed_objects& list) {
    const auto forgotten = log_.cursor_forgotten(list.stream);
    const auto lost = forgotten || list.why == model::listed_objects::cause::lost_history;
    const auto origin = lost ? event_origin::relist : event_origin::list;
    std::unordered_set<head_id, head_id_hash> present;
    std::vector<std::pair<head_id, row>> rows;
    for (const auto& object : list.objects) {
        const auto r = row_of_object(list.stream, event_type::added, origin, object);
        const auto& [id, drafted] = rows.emplace_back(log_.id_of(r), r);
        present.insert(id);
    }
    const auto absent = [&](const head_id& id) { return !present.contains(id); };
    if (list.unnamed.empty()) // otherwise it may be any of them
        for (const auto seq : log_.heads().seqs(list.stream, absent))
            end({.seq = seq}, origin);
    for (std::size_t i = 0; i < rows.size(); ++i)
        listed(rows[i].first, rows[i].second, list.objects[i]);

    namespace json = boost::json;
    if (lost) {
        const auto before = log_.cursors().find(list.stream);
        const auto body = json::serialize(json::object{
            {"reason", list.reason.empty() ? "the cursor was forgotten" : list.reason},
            {"cursor", before == log_.cursors().end() ? json::value() : before->second.c_str()},
            {"resourceVersion", list.resource_version}});
        log_.write(row_of_event(list.stream, event_type::gap, body), {});
    }
    auto body = R"({"objects":)" + std::to_string(list.objects.size());
    if (!list.unnamed.empty())
        body += R"(,"unnamed":)" + json::serialize(json::value(list.unnamed));
    body += '}';
    auto event = row_of_event(list.stream, event_type::listed, body);
    event.resource_version = list.resource_version;
    log_.write(event);
}

void recorder::listed(const head_id& id, row r, const model::observed_object& object) {
    const auto* live = log_.heads().find(id);
    if (live != nullptr && !same_object(*live, r.uid)) {
        end(*live, r.origin);
        live = nullptr;
    }
    settle(r, object, live);
    if (live != nullptr) {
        if (live->resource_version == quick_hash(r.resource_version) && same_content(r, *live))
            return;
        r.type = event_type::modified;
    }
    change(r, id);
}

void recorder::operator()(const model::imported_objects& import) {
    for (const auto& item : import.items)
        imported(item);
}

void recorder::imported(const model::imported_objects::item& item) {
    auto r = row_of_object(item.stream, event_type::added, event_origin::import, item.event.object);
    r.claimed_at = item.claimed_at;
    const auto id = log_.id_of(r);
    const auto* live = log_.heads().find(id);
    if (item.event.what == action::deleted) {
        if (live != nullptr && same_object(*live, r.uid))
            end(*live, r.origin, item.claimed_at);
        return;
    }
    if (live != nullptr && !same_object(*live, r.uid)) {
        end(*live, r.origin, item.claimed_at);
        live = nullptr;
    }
    settle(r, item.event.object, live);
    if (live != nullptr) {
        if (log_.read(live->seq).body == r.body)
            return;
        r.type = event_type::modified;
    }
    change(r, id);
}

bool recorder::same_content(const row& r, const head& live) {
    const auto e = log_.read(live.seq);
    return e.uid == r.uid && e.resource_version == r.resource_version && e.body == r.body;
}

void recorder::operator()(const model::agent_event& event) {
    log_.write(row_of_event(event.stream.empty() ? model::agent_stream : event.stream, event.type,
                            event.body));
}

void recorder::operator()(const model::cluster_changed& change) {
    const auto body = boost::json::serialize(boost::json::object{
        {"before", change.before}, {"after", change.after}, {"reason", change.reason}});
    log_.write(row_of_event(model::agent_stream, event_type::cluster, body));
}

void recorder::operator()(const model::kind_unserved& gone) {
    const auto live = log_.heads().seqs(gone.stream, [](const head_id&) { return true; });
    if (live.empty() && !log_.cursors().contains(gone.stream))
        return;
    for (const auto seq : live)
        end({.seq = seq}, event_origin::relist);
    const auto body = boost::json::serialize(
        boost::json::object{{"reason", gone.reason}, {"objects", live.size()}});
    log_.write(row_of_event(gone.stream, event_type::unserved, body));
}

void recorder::change(const row& r, const head_id& id) {
    log_.write(r, id);
    if (r.type == event_type::added)
        ++outcome_.objects_added;
    else if (r.type == event_type::modified)
        ++outcome_.objects_modified;
    else
        ++outcome_.objects_deleted;
}

// A DELETED that nobody sent: the object as it was last known.
void recorder::end(const head& live, std::string_view origin, std::optional<timestamp> claimed_at) {
    const auto last = log_.read(live.seq);
    auto r = row_of(last);
    r.type = event_type::deleted;
    r.origin = origin;
    r.claimed_at = claimed_at;
    r.previous.reset();
    change(r, log_.id_of(r));
}

} // namespace

model::append_outcome record(const model::append_request& request, ledger& log) {
    recorder r(log);
    std::visit(r, request);
    return r.outcome();
}

} // namespace nodewall::eventlog
