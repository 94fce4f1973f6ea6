// The port through which everything enters the log: watches, lists, imports and the agent's own
// agent events. Reflectors know this interface and nothing of SQLite.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nodewall::model {

/// An object as the API sent it, its identity read out and its body narrowed (codec/narrow.hpp).
struct observed_object {
    std::string namespace_;
    std::string name;
    std::string uid;
    std::string resource_version;
    std::string body;
    /// Why the API server's version cannot be read; `body` is empty then, and the log puts the last
    /// readable one in its place (schema/EVENT_LOG.md, "Unread objects"). Empty: it was read.
    std::string unread{};
};

struct observed_event {
    enum class action : std::uint8_t { added, modified, deleted, bookmark, error };
    action what = action::added;
    /// For a bookmark only resource_version is set; for an error only body (the Status object).
    observed_object object;
    /// When its bytes arrived and when it was decoded, of a clock that never steps back; zero: not
    /// told. For metrics alone.
    std::chrono::nanoseconds arrived{}, decoded{};
};

/// Events of one watch, in the order received. The cursor of the stream moves to the last
/// resource_version in the same transaction. An event that the log has already (same uid, same
/// resourceVersion, same type) and a bookmark that repeats the cursor add nothing.
struct watch_events {
    std::string stream;
    std::vector<observed_event> events;
};

/// A complete list of one kind: compared with the log's heads; the differences, LISTED (and GAP
/// where history was lost) and the cursor are written in one transaction.
struct listed_objects {
    enum class cause : std::uint8_t {
        first,        ///< no cursor in the log: origin `list`; `relist` where it was forgotten
        lost_history, ///< 410 Gone, a silent watch, a server restored from a backup: `relist`, GAP
    };
    std::string stream;
    std::string resource_version; // the list's
    std::vector<observed_object> objects;
    cause why = cause::first;
    std::string reason; // for GAP: what was lost and how it was noticed, for a person
    /// An object of the list whose name cannot be read, and why: it may be any that the list does
    /// not name, so no absence counts. Empty: there is none.
    std::string unnamed{};
};

/// Objects from files. `deleted` ones record the deletion of the named object if it is live.
struct imported_objects {
    struct item {
        std::string stream;
        observed_event event; // action added or modified: the log decides which; or deleted
        std::optional<timestamp> claimed_at;
    };
    std::vector<item> items;
};

/// An event of the agent's own (stream `nodewall`), body a JSON object; or, with `stream` set, an
/// agent event that speaks of a stream, such as TOO_LARGE.
struct agent_event {
    std::string type;
    std::string body;
    std::string stream; // empty: `nodewall`
};

/// The API server is another cluster than the log's. The event CLUSTER says so, and in the same
/// transaction every cursor is forgotten: each stream must be listed before it is watched again.
/// The objects stay what they are until that list, which is a relist with a GAP.
struct cluster_changed {
    std::string before, after; // UIDs of namespace kube-system
    std::string reason;        // how it was noticed, for a person
};

/// The API server serves a kind no longer. Its live objects are DELETED (origin `relist`), the
/// event UNSERVED says so, and its cursor is forgotten: should the kind come back, it is listed
/// anew. Adds nothing where the log has neither objects nor a cursor of it.
struct kind_unserved {
    std::string stream;
    std::string reason; // how it was noticed, for a person
};

using append_request = std::variant<watch_events, listed_objects, imported_objects, agent_event,
                                    cluster_changed, kind_unserved>;

/// What an append did.
struct append_outcome {
    std::uint64_t last_seq = 0; // tail after it
    std::uint64_t added = 0;    // rows written, bookkeeping rows included
    std::uint64_t objects_added = 0, objects_modified = 0, objects_deleted = 0;
};

class event_sink {
public:
    using completion = std::function<void(result<append_outcome>)>;
    using cursor_completion = std::function<void(result<std::optional<std::string>>)>;

    virtual ~event_sink() = default;

    /// Asks for the resourceVersion to resume `stream` from; nothing: it is to be listed. `done` is
    /// called once, with what is durable by then, on a thread of the sink's choosing. Never blocks
    /// on the disk, nor on a commit that is under way.
    virtual void cursor(std::string stream, cursor_completion done) = 0;

    /// Queues the request; `done` is called once, after the transaction that holds it is durable or
    /// has failed, on a thread of the sink's choosing. Never blocks on the disk.
    virtual void append(append_request request, completion done) = 0;
};

} // namespace nodewall::model
