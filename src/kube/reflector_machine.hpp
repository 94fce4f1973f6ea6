// The protocol of listing and watching one kind (WATCHING.md, points 1 to 5, 7 and 11): a machine
// without I/O. next() says what to do; whoever does it reports the outcome by the on_... function
// that the action names.
//
//     load_cursor ─none──▶ list ─last page─▶ append_list ──▶ watch ⇄ read
//          └──cursor──▶ probe ─────────────────────────────▶  ▲       │
//                        ▲ └─── history lost ──▶ list          │       │
//                        └──────────── the watch ended ────────────────┘
//
// Nothing here reads a clock: the steady time is asked of a function given.
#pragma once

#include "async/backoff.hpp"
#include "base/limits.hpp"
#include "codec/json_reader.hpp"
#include "kube/answer.hpp"
#include "kube/reflector_status.hpp"
#include "model/event_sink.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nodewall::kube {

namespace step {

/// Ask the log for the stream's cursor; on_cursor().
struct load_cursor {};
/// Ask for one object not older than the cursor; on_probe().
struct probe {
    std::string resource_version;
};
/// Ask for the first page, or the one that the token names; on_page().
struct list {
    std::string continue_token;
    unsigned limit = 0; // objects in it
};
/// Append the list and wait until it is durable; on_list_appended().
struct append_list {
    model::listed_objects what;
};
/// Append the agent event and wait until it is durable; then next() again.
struct append_agent_event {
    model::agent_event what;
};
/// Open a watch; on_watch_opened().
struct watch {
    std::string resource_version;
    std::chrono::seconds timeout{};
};
/// Wait for the next piece of the watch; on_events() and then, where it holds, on_error_event(),
/// on_broken_frame() or on_frame_too_large(); on_watch_ended(), on_watch_failed();
/// on_read_timed_out() after `limit`.
struct read {
    std::chrono::nanoseconds limit{};
};
/// Read the credentials again; on_credentials().
struct reload_credentials {};
/// Wait; on_waited(). `why` is for a line to a person.
struct wait {
    std::chrono::nanoseconds duration{};
    std::optional<error> why;
};

} // namespace step

using action = std::variant<step::load_cursor, step::probe, step::list, step::append_list,
                            step::append_agent_event, step::watch, step::read,
                            step::reload_credentials, step::wait>;

class reflector_machine {
public:
    using steady_clock = std::function<std::chrono::nanoseconds()>;

    reflector_machine(std::string stream, async::jitter random, steady_clock now);

    /// Begins anew with load_cursor; the counts go on.
    void restart();
    /// The reflector failed (the log refused an event): until it restarts nothing is followed, and
    /// the status says why.
    void on_stopped(error why);
    /// Another cluster answers at this address, or the kind was gone: nothing has been listed yet,
    /// and the log has forgotten the cursor.
    void begin_anew();

    /// What to do now. A watch that is open is to be closed unless it is `read`.
    action next();

    void on_cursor(std::optional<std::string> resource_version);
    /// The answer's resourceVersion.
    void on_probe(answer<std::string> outcome);
    /// `items` of it were seen where it was too large.
    void on_page(answer<codec::list_page> outcome, std::size_t items = 0);
    void on_list_appended();
    void on_watch_opened(std::optional<failure> refused);
    void on_events(const std::vector<model::observed_event>& events, timestamp at);
    void on_error_event(const failure& what);
    void on_broken_frame(error what);
    /// Of an object whose name could not be told: broken too, and recorded as an agent event, once
    /// for each cursor.
    void on_frame_too_large(error what, std::size_t bytes);
    void on_watch_ended();
    void on_watch_failed(error what);
    void on_read_timed_out();
    void on_credentials(result<void> outcome);
    void on_waited();

    const reflector_status& status() const noexcept { return status_; }

private:
    using nanoseconds = std::chrono::nanoseconds;

    void go(reflector_state state) { status_.state = state; }
    void wait_then(reflector_state state, nanoseconds duration);
    void start_list();
    void lose_history(std::string reason);
    void page_refused(const failure& why, std::size_t items);
    void refused(const failure& f, reflector_state again);
    /// A watch failed behind the cursor; too often in a row, and history behind it is given up.
    void failed_here(const failure& f);
    void resume(bool in_order);
    step::read make_read() const;

    std::string stream_;
    async::jitter random_;
    async::backoff backoff_;
    steady_clock now_;
    reflector_status status_;

    reflector_state after_ = reflector_state::load_cursor; // of a wait or a reload
    nanoseconds delay_{};
    model::listed_objects listed_; // the pages so far
    std::string continue_token_;
    unsigned page_objects_ = limits::list_page_objects; // asked for in a page
    std::string lost_reason_; // why the next list is a relist; empty: it is the first
    std::chrono::seconds watch_timeout_{};
    nanoseconds opened_{}, heard_{}; // the watch, and the last frame on it (or its opening)
    std::optional<model::agent_event> agent_event_; // to be appended first
    std::optional<std::string> too_large_behind_;   // the cursor of the last one recorded
    unsigned failures_here_ = 0;                    // of watches, in a row, at one cursor
    unsigned instant_ends_ = 0;                     // the same, of those that ended in order or not
    bool moved_ = false; // an event or bookmark on this watch moved the cursor
    bool heard_since_list_ = true;
    bool token_restarted_ = false; // this list began again after a 410 on its token
    bool reloaded_ = false;        // the credentials, since the last good answer
};

} // namespace nodewall::kube
