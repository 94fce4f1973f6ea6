// The append-only event log (schema/EVENT_LOG.md): one SQLite file, one writer, any number of
// readers. `memory_log` is its twin without a disk, for tests and simulation.
//
// Crash contract: an append is in the log whole or not at all; after the completion of append() it
// survives a power cut. Log, heads, cursors and tail always agree.
#pragma once

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/sha256.hpp"
#include "base/time.hpp"
#include "model/event.hpp"
#include "model/event_sink.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::eventlog {

enum class errc : std::uint8_t {
    no_such_log = 1, ///< the file does not exist
    not_a_log,       ///< not SQLite, or SQLite but not nodewall's
    newer,           ///< written by a newer major version
    locked,          ///< another process writes this log
    read_only,       ///< the file or its folder cannot be written
    damaged,         ///< digests, rows or SQLite's own structure do not agree
    disk_full,       ///< no room for the transaction; nothing of it was written
    busy,            ///< SQLite's lock is held elsewhere: try again soon
    io,              ///< any other failure to open, read or write the file
    no_such_point,   ///< --at names a point before the log's beginning
};
const char* error_domain(errc);
const char* describe(errc);

struct tail {
    std::uint64_t seq = 0;
    sha256_digest digest{};
};

/// Which events a reader wants; empty fields ask nothing.
struct event_filter {
    std::uint64_t after = 0; // seq greater than this
    std::uint64_t until = UINT64_MAX;
    std::optional<timestamp> since, before;
    std::string stream, type, origin, namespace_, name, uid;
};

/// Reading. Calls are short transactions of their own: no snapshot outlives one call. One thread
/// at a time.
class log_reader {
public:
    virtual ~log_reader() = default;

    virtual result<eventlog::tail> tail() const = 0;
    /// The first point whose state the events give: 1, or, where the size cap removed events, the
    /// last point before which some are missing. `--at` an earlier one is errc::no_such_point.
    virtual result<std::uint64_t> beginning() const = 0;
    /// At most `limit` events in order of seq, and no more once their bodies have
    /// limits::read_chunk_bytes. None: there are no more.
    virtual result<std::vector<model::event>> read(const event_filter& which,
                                                   std::size_t limit) const = 0;
    /// The live objects as of the tail, each as the event that set it, and the agent events in
    /// force (the last STARTED and CONFIGURED, the last LISTED of each stream, the last CUT), in
    /// order of seq: folding them gives the state that folding every event gives. `visit` is called
    /// for each, and must not call the log. Cursors and tail of the same instant come with it.
    struct heads_info {
        eventlog::tail at;
        std::map<std::string, std::string> cursors; // stream to resourceVersion
    };
    virtual result<heads_info>
    heads(const std::function<void(const model::event&)>& visit) const = 0;
    /// The last event recorded at or before the point. A time before the log began can only mean
    /// imported history: the last event that claims to have happened by then. errc::no_such_point
    /// where there is none, or only one before the beginning.
    virtual result<std::uint64_t> seq_at(timestamp when) const = 0;
};

/// Writing: one object for each log, one thread at a time.
///
/// Checkpoints make the next start quick; a log is as good without one.
class log_writer : public virtual log_reader {
public:
    /// All requests in one durable transaction; the outcomes in the same order. On an error none of
    /// them is in the log.
    virtual result<std::vector<model::append_outcome>>
    append(std::span<const model::append_request> requests) = 0;
    virtual result<std::optional<std::string>> cursor(std::string_view stream) const = 0;
    /// Another size cap, from the next append on. A log without a file has none.
    virtual void set_bytes_max(std::uint64_t /*bytes*/) {}

    /// A step of some milliseconds towards the next checkpoint, if enough came since the last one;
    /// whether there is more to do. For moments in which nothing waits to be appended.
    virtual result<bool> work_on_checkpoint() { return false; }
    /// The next checkpoint whole, if a start would gain by it: the last thing before a clean stop.
    virtual result<void> checkpoint() { return {}; }
};

struct open_options {
    std::string path;
    now_function now;    // the clock for `at`
    std::string vfs;     // SQLite VFS by name; empty: the default
    bool create = false; // make the log (and its folder, 0700) where there is none
    std::uint64_t bytes_max = limits::log_bytes_max_default;
};

/// Takes DB.lock; refuses a log that another process writes, is newer, or is damaged at its tail.
result<std::unique_ptr<log_writer>> open_writer(const open_options& options);
/// Opens for reading, beside a writer too; read-only media are opened as immutable.
result<std::unique_ptr<log_reader>> open_reader(const std::string& path);

/// The same contract in memory.
std::unique_ptr<log_writer> make_memory_log(now_function now);

struct verify_report {
    std::uint64_t events = 0;
    std::vector<std::string> problems; // each names its place; empty: the log is whole
};
/// Every digest and every invariant of schema/EVENT_LOG.md. `progress` gets (done, total) now and
/// then. At most a hundred problems are listed.
result<verify_report> verify(const std::string& path,
                             const std::function<void(std::uint64_t, std::uint64_t)>& progress);

/// A consistent copy to a new file, beside a writer too.
result<void> copy(const std::string& from, const std::string& to);

} // namespace nodewall::eventlog
