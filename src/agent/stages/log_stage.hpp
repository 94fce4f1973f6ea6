// The log's writer as a stage: takes requests from any coroutine, commits whatever has queued up
// while the last commit was running (group commit), and tells who follows that the head moved.
#pragma once

#include "agent/observe/meters.hpp"
#include "async/awaitable.hpp"
#include "async/clock.hpp"
#include "base/limits.hpp"
#include "eventlog/log.hpp"
#include "model/event_sink.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::agent {

/// Agent events that nobody waits for have room of their own while they wait for the writer, each
/// class apart: what was applied is never pushed out by what was refused.
enum class event_class : std::uint8_t {
    applied, ///< what was done to the kernel
    drift,   ///< what somebody else had done to it
    refused, ///< what the rules refused
};
inline constexpr std::array event_classes{event_class::applied, event_class::drift,
                                          event_class::refused};
std::string_view to_string(event_class c);
limits::event_budget budget_of(event_class c);

/// Counters for metrics; read from any thread.
struct log_stats {
    std::uint64_t commits = 0, events = 0, failures = 0;
    histogram_stats commit_seconds; // of failed ones, too
    std::size_t waiting_bytes = 0;
    std::uint64_t last_seq = 0;
    std::string last_error;                                    // empty: the last commit succeeded
    std::array<std::uint64_t, event_classes.size()> dropped{}; // for want of room, by class
};

class log_stage final : public model::event_sink {
public:
    /// `pool` has one thread, on which commits run, `head_moved`, `present` and completions are
    /// called. While `present` is an error (the file was moved away) nothing is appended.
    log_stage(eventlog::log_writer& log, async::executor pool, const async::clock& time,
              meters& measured, std::function<void()> head_moved,
              std::function<result<void>()> present = {});

    void cursor(std::string stream, cursor_completion done) override;
    void append(model::append_request request, completion done) override;

    /// Records an event of the agent's own in the next group commit; never waited for. Where that
    /// fails, in the next one that is tried. Of more than the budget of its class the oldest are
    /// dropped, and counted.
    void record(event_class c, model::agent_event event);

    /// The same, and returns once the agent event is durable, or with the reason why it is not and
    /// is not tried again.
    async::awaitable<result<void>> record_and_wait(model::agent_event event);

    /// To be called now and then: looks whether the file is there, and tries again what waits.
    void retry();
    /// Another size cap.
    void set_bytes_max(std::uint64_t bytes);

    log_stats stats() const;

private:
    struct waiting {
        model::append_request request;
        completion done;
        std::size_t bytes = 0;
        std::size_t events = 1;
        event_class of{}; // where there is no `done`
        bool recorded() const { return !done; }
    };
    struct question {
        std::string stream;
        cursor_completion done;
    };
    /// What waits of one class.
    struct usage {
        std::size_t events = 0, bytes = 0;
    };

    void enqueue(waiting entry);
    void begin_draining();
    void stop_draining();
    void drain();
    result<void> file_present();
    std::optional<std::vector<waiting>> next_group();
    bool commit(std::vector<waiting> group);
    result<std::vector<model::append_outcome>>
    append_all(const std::vector<model::append_request>& requests);
    bool rests_until_next();
    void use_idle_time();
    void keep_agent_events(std::vector<waiting>& group,
                           std::vector<model::append_request>& requests);
    void answer_questions();
    void count(const waiting& entry);
    void uncount(const waiting& entry);
    void make_room(event_class c);

    eventlog::log_writer& log_; // the pool's
    async::executor pool_;
    const async::clock& time_;
    meters& measured_;
    std::function<void()> head_moved_;
    std::function<result<void>()> present_;
    mutable std::mutex mutex_;
    std::deque<waiting> queue_;
    std::vector<question> questions_;
    std::array<usage, event_classes.size()> usage_{};
    bool draining_ = false;
    bool absent_ = false;           // last_error says that the file is not there
    bool idle_work_posted_ = false; // on the pool
    log_stats stats_;
};

} // namespace nodewall::agent
