// The log's writer as a stage: takes requests from any coroutine, commits whatever has queued up
// while the last commit was running (group commit), and tells who follows that the head moved.
#pragma once

#include "async/awaitable.hpp"
#include "eventlog/log.hpp"
#include "model/event_sink.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace nodewall::agent {

/// Counters for metrics; read from any thread.
struct log_figures {
    std::uint64_t commits = 0, events = 0, failures = 0;
    std::chrono::nanoseconds committing{}; // in all commits together
    std::size_t waiting_bytes = 0;
    std::uint64_t last_seq = 0;
};

class log_stage final : public model::event_sink {
public:
    /// `pool` has one thread, on which commits run, `head_moved` and completions are called.
    log_stage(eventlog::log_writer& log, async::executor pool, now_function now,
              std::function<void()> head_moved);

    result<std::optional<std::string>> cursor(std::string_view stream) const override;
    void append(model::append_request request, completion done) override;

    /// Records an act of the agent's own in the next group commit; never waited for. Where that
    /// fails, in the next one that is tried. Of more than
    /// limits::own_acts_waiting_max the oldest are dropped.
    void record(model::agent_act act);

    log_figures figures() const;

private:
    struct waiting {
        model::append_request request;
        completion done;
        std::size_t bytes = 0;
        std::size_t events = 1;
    };

    void enqueue(waiting entry);
    void drain();
    std::vector<waiting> next_group();
    bool commit(std::vector<waiting> group);
    bool rests_until_next();
    void keep_acts(std::vector<waiting>& group, std::vector<model::append_request>& requests);

    eventlog::log_writer&
        log_; // under log_mutex_: commits run on the pool, cursors are asked elsewhere
    mutable std::mutex log_mutex_;
    async::executor pool_;
    now_function now_;
    std::function<void()> head_moved_;
    mutable std::mutex mutex_;
    std::deque<waiting> queue_;
    std::size_t acts_waiting_ = 0;
    bool draining_ = false;
    log_figures figures_;
};

} // namespace nodewall::agent
