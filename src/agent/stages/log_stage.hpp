// The log's writer as a stage: takes requests from any coroutine, commits whatever has queued up
// while the last commit was running (group commit), and tells who follows that the head moved.
#pragma once

#include "agent/observe/meters.hpp"
#include "async/awaitable.hpp"
#include "async/clock.hpp"
#include "eventlog/log.hpp"
#include "model/event_sink.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace nodewall::agent {

/// Counters for metrics; read from any thread.
struct log_stats {
    std::uint64_t commits = 0, events = 0, failures = 0;
    histogram_stats commit_seconds; // of failed ones, too
    std::size_t waiting_bytes = 0;
    std::uint64_t last_seq = 0;
    std::string last_error; // empty: the last commit succeeded
};

class log_stage final : public model::event_sink {
public:
    /// `pool` has one thread, on which commits run, `head_moved`, `present` and completions are
    /// called. While `present` is an error (the file was moved away) nothing is appended.
    log_stage(eventlog::log_writer& log, async::executor pool, const async::clock& time,
              meters& measured, std::function<void()> head_moved,
              std::function<result<void>()> present = {});

    result<std::optional<std::string>> cursor(std::string_view stream) const override;
    void append(model::append_request request, completion done) override;

    /// Records an event of the agent's own in the next group commit; never waited for. Where that
    /// fails, in the next one that is tried. Of more than
    /// limits::agent_events_waiting_max the oldest are dropped.
    void record(model::agent_event event);

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
    };

    void enqueue(waiting entry);
    void begin_draining();
    void stop_draining();
    void drain();
    result<void> file_present();
    std::vector<waiting> next_group();
    bool commit(std::vector<waiting> group);
    result<std::vector<model::append_outcome>>
    append_all(const std::vector<model::append_request>& requests);
    bool rests_until_next();
    void use_idle_time();
    void keep_agent_events(std::vector<waiting>& group,
                           std::vector<model::append_request>& requests);

    // Under log_mutex_: commits run on the pool, cursors are asked elsewhere.
    eventlog::log_writer& log_;
    mutable std::mutex log_mutex_;
    async::executor pool_;
    const async::clock& time_;
    meters& measured_;
    std::function<void()> head_moved_;
    std::function<result<void>()> present_;
    mutable std::mutex mutex_;
    std::deque<waiting> queue_;
    std::size_t agent_events_waiting_ = 0;
    bool draining_ = false;
    bool absent_ = false;           // last_error says that the file is not there
    bool idle_work_posted_ = false; // on the pool
    log_stats stats_;
};

} // namespace nodewall::agent
