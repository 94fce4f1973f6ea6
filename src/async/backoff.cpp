#include "async/backoff.hpp"

#include <algorithm>

namespace nodewall::async {

std::chrono::nanoseconds backoff::next() {
    constexpr unsigned doublings_max = 16;
    using std::chrono::nanoseconds;
    const nanoseconds ceiling = std::min<nanoseconds>(
        limits::backoff_max, nanoseconds(limits::backoff_first) * (1U << attempts_));
    attempts_ = std::min(attempts_ + 1, doublings_max);
    return nanoseconds(static_cast<std::int64_t>(static_cast<double>(ceiling.count()) * random_()));
}

} // namespace nodewall::async
