// The way of one stream's events into the log: in order, without waiting for the disk.
#pragma once

#include "async/signal.hpp"
#include "model/event_sink.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace nodewall::kube {

/// Appends and waits until it is durable or has failed.
async::awaitable<result<model::append_outcome>> append_durably(model::event_sink& log,
                                                               model::append_request what);
/// Where to resume the stream; nothing: it is to be listed.
async::awaitable<result<std::optional<std::string>>> cursor_of(model::event_sink& log,
                                                               std::string stream);

/// Events that arrive while an append is under way go into the next one. At most one is under way:
/// what follows a failed append must not move the cursor past the events that it lost.
class append_lane {
public:
    append_lane(model::event_sink& log, std::string stream, std::size_t bytes_max);

    /// Forgets what a run() that ended left behind; the log's cursor is before it.
    void restart();
    /// Queues events; returns at once.
    void push(std::vector<model::observed_event> events);
    /// Waits while more than bytes_max bytes of bodies are queued or under way.
    async::awaitable<void> room();
    /// Appends a list or an agent event behind everything queued and waits until it is durable. Not
    /// beside push(). Throws error_exception where the log refuses it.
    async::awaitable<void> append_last(model::append_request what);

    /// Appends what is queued until cancelled. Throws error_exception where the log refuses it.
    async::awaitable<void> run();

private:
    model::watch_events take_batch();

    model::event_sink& log_;
    std::string stream_;
    std::size_t bytes_max_;
    std::vector<model::observed_event> queued_;
    std::size_t bytes_ = 0; // queued and under way
    async::signal work_, done_;
};

} // namespace nodewall::kube
