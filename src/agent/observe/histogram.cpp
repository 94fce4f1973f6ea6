#include "agent/observe/histogram.hpp"

#include <algorithm>
#include <numeric>

namespace nodewall::agent {

std::uint64_t histogram_stats::count() const {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

void histogram::record(std::chrono::nanoseconds took, std::uint64_t times) noexcept {
    took = std::max(took, std::chrono::nanoseconds::zero());
    const auto bucket = static_cast<std::size_t>(
        std::lower_bound(histogram_bounds.begin(), histogram_bounds.end(), took) -
        histogram_bounds.begin());
    counts_[bucket].fetch_add(times, std::memory_order_relaxed); // NOLINT(*-constant-array-index)
    sum_ns_.fetch_add(took.count() * static_cast<std::int64_t>(times), std::memory_order_relaxed);
}

histogram_stats histogram::stats() const noexcept {
    histogram_stats f;
    std::transform(counts_.begin(), counts_.end(), f.counts.begin(),
                   [](const auto& count) { return count.load(std::memory_order_relaxed); });
    f.sum = std::chrono::nanoseconds(sum_ns_.load(std::memory_order_relaxed));
    return f;
}

} // namespace nodewall::agent
