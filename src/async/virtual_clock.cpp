#include "async/virtual_clock.hpp"

#include "async/suspend.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace nodewall::async {

struct virtual_clock::state {
    /// The deadline, then the order of arrival.
    using key = std::pair<nanoseconds, std::uint64_t>;

    mutable std::mutex mutex;
    timestamp start;
    nanoseconds elapsed{};
    std::uint64_t arrivals = 0;
    std::map<key, suspended> sleepers;

    key add(nanoseconds duration, suspended sleeper) {
        const std::lock_guard lock(mutex);
        const key where{elapsed + duration, ++arrivals};
        sleepers.emplace(where, std::move(sleeper));
        return where;
    }

    void cancel(const key& where) {
        std::unique_lock lock(mutex);
        auto node = sleepers.extract(where);
        lock.unlock();
        if (node)
            node.mapped().cancel();
    }

    /// Wakes the next sleeper if its deadline is not after `limit`.
    bool wake_next(nanoseconds limit) {
        std::unique_lock lock(mutex);
        if (sleepers.empty() || sleepers.begin()->first.first > limit)
            return false;
        auto node = sleepers.extract(sleepers.begin());
        elapsed = std::max(elapsed, node.key().first);
        lock.unlock();
        node.mapped().resume();
        return true;
    }
};

virtual_clock::virtual_clock(timestamp start) : state_(std::make_shared<state>()) {
    state_->start = start;
}

virtual_clock::~virtual_clock() {
    // The coroutines that still sleep hold the state.
    std::exchange(state_->sleepers, {});
}

timestamp virtual_clock::now() const {
    return state_->start + steady();
}

nanoseconds virtual_clock::steady() const {
    const std::lock_guard lock(state_->mutex);
    return state_->elapsed;
}

awaitable<void> virtual_clock::sleep(nanoseconds duration) {
    auto keep = [s = state_, duration](suspended sleeper) {
        const auto where = s->add(std::max(duration, nanoseconds::zero()), std::move(sleeper));
        return [weak = std::weak_ptr(s), where] {
            if (const auto alive = weak.lock())
                alive->cancel(where);
        };
    };
    co_await suspend(keep);
}

bool virtual_clock::advance_to_next() {
    const auto next = next_deadline();
    if (!next)
        return false;
    while (state_->wake_next(*next)) {
    }
    return true;
}

void virtual_clock::advance(nanoseconds duration) {
    const auto end = steady() + duration;
    while (state_->wake_next(end)) {
    }
    const std::lock_guard lock(state_->mutex);
    state_->elapsed = end;
}

std::optional<nanoseconds> virtual_clock::next_deadline() const {
    const std::lock_guard lock(state_->mutex);
    if (state_->sleepers.empty())
        return std::nullopt;
    return state_->sleepers.begin()->first.first;
}

void virtual_clock::run_for(boost::asio::io_context& context, nanoseconds duration) {
    const auto end = steady() + duration;
    for (;;) {
        context.restart();
        context.poll();
        const auto next = next_deadline();
        if (!next || *next > end)
            break;
        advance_to_next();
    }
    advance(end - steady());
}

} // namespace nodewall::async
