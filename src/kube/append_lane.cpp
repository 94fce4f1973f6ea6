#include "kube/append_lane.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>

namespace nodewall::kube {

using async::awaitable;

namespace {

/// The outcome of an append, and its arrival, which may be on any thread.
struct arrival {
    std::optional<result<model::append_outcome>> outcome;
    async::signal here;
};

awaitable<void> append(model::event_sink& log, model::append_request what) {
    const auto outcome = co_await append_durably(log, std::move(what));
    if (!outcome)
        throw error_exception(outcome.error());
}

std::size_t bytes_of(const std::vector<model::observed_event>& events) {
    std::size_t bytes = 0;
    for (const auto& event : events)
        bytes += sizeof event + event.object.body.size();
    return bytes;
}

} // namespace

awaitable<result<model::append_outcome>> append_durably(model::event_sink& log,
                                                        model::append_request what) {
    const auto waiting = std::make_shared<arrival>();
    log.append(std::move(what), [waiting](result<model::append_outcome> outcome) {
        waiting->outcome = std::move(outcome);
        waiting->here.notify();
    });
    co_await waiting->here.wait();
    co_return std::move(*waiting->outcome);
}

append_lane::append_lane(model::event_sink& log, std::string stream, std::size_t bytes_max)
    : log_(log), stream_(std::move(stream)), bytes_max_(bytes_max) {}

void append_lane::restart() {
    queued_.clear();
    bytes_ = 0;
}

void append_lane::push(std::vector<model::observed_event> events) {
    bytes_ += bytes_of(events);
    std::move(events.begin(), events.end(), std::back_inserter(queued_));
    work_.notify();
}

awaitable<void> append_lane::room() {
    while (bytes_ > bytes_max_)
        co_await done_.wait();
}

awaitable<void> append_lane::append_last(model::append_request what) {
    while (bytes_ > 0)
        co_await done_.wait();
    co_await append(log_, std::move(what));
}

awaitable<void> append_lane::run() {
    for (;;) {
        while (queued_.empty())
            co_await work_.wait();
        auto batch = take_batch();
        const auto bytes = bytes_of(batch.events);
        co_await append(log_, std::move(batch));
        bytes_ -= bytes;
        done_.notify();
    }
}

model::watch_events append_lane::take_batch() {
    const auto count = std::min(queued_.size(), limits::append_batch_events_max);
    const auto end = queued_.begin() + static_cast<std::ptrdiff_t>(count);
    model::watch_events batch{stream_, {}};
    batch.events.assign(std::make_move_iterator(queued_.begin()), std::make_move_iterator(end));
    queued_.erase(queued_.begin(), end);
    return batch;
}

} // namespace nodewall::kube
