// How long something took, counted in fixed buckets: for metrics. Written from any thread without a
// lock; what is read while others write is at most a few events old in its sum.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace nodewall::agent {

using namespace std::chrono_literals;

/// Upper bounds of the buckets, inclusive; what took longer counts in one more.
inline constexpr std::array<std::chrono::nanoseconds, 17> histogram_bounds{
    50us, 100us, 250us, 500us, 1ms, 2500us, 5ms,    10ms, 25ms,
    50ms, 100ms, 250ms, 500ms, 1s,  2500ms, 5000ms, 10s};

struct histogram_stats {
    std::array<std::uint64_t, histogram_bounds.size() + 1> counts{}; // bucket by bucket
    std::chrono::nanoseconds sum{};

    std::uint64_t count() const;
};

class histogram {
public:
    /// `times` events that took the same; a negative time counts as none.
    void record(std::chrono::nanoseconds took, std::uint64_t times = 1) noexcept;
    histogram_stats stats() const noexcept;

private:
    std::array<std::atomic<std::uint64_t>, histogram_bounds.size() + 1> counts_{};
    std::atomic<std::int64_t> sum_ns_{0};
};

} // namespace nodewall::agent
