#include "kube/append_lane.hpp"

#include "async/called_back.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nodewall::kube {

using async::awaitable;

namespace {

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
    auto start = [&log, &what](model::event_sink::completion done) {
        log.append(std::move(what), std::move(done));
    };
    co_return co_await async::called_back<result<model::append_outcome>>(start);
}

awaitable<result<std::optional<std::string>>> cursor_of(model::event_sink& log,
                                                        std::string stream) {
    auto start = [&log, &stream](model::event_sink::cursor_completion done) {
        log.cursor(std::move(stream), std::move(done));
    };
    co_return co_await async::called_back<result<std::optional<std::string>>>(start);
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
