// How long the events of watches take from the API server's bytes into the kernel, by stage.
//
//     arrived ──decode──▶ decoded ──log──▶ durable ──project──▶ folded ──compile──▶ ruleset
//     ──apply──▶ kernel
//
// An event is followed by the seq that its commit ended with. Each stage tells up to which seq it
// has come; the time since the stage before is recorded for every event under way up to there.
// Events that change nothing are left after `project`. At most limits::timed_arrivals_max arrivals
// (reads from a watch) are under way at once; further ones are counted, not timed.
#pragma once

#include "agent/observe/histogram.hpp"
#include "async/clock.hpp"
#include "model/event_sink.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string_view>

namespace nodewall::agent {

enum class latency_stage : std::uint8_t { decode, log, project, compile, apply, total };
inline constexpr std::array<std::string_view, 6> latency_stage_names{"decode",  "log",   "project",
                                                                     "compile", "apply", "total"};

struct latency_stats {
    std::array<histogram_stats, latency_stage_names.size()> stages; // by latency_stage
    std::uint64_t untimed = 0;
};

/// From any thread.
class latency {
public:
    explicit latency(const async::clock& time) : time_(time) {}

    void decoded(std::chrono::nanoseconds took, std::size_t events);
    /// The requests are in the log, whose last seq was `seq` then.
    void durable(std::span<const model::append_request> requests, std::uint64_t seq);
    void folded(std::uint64_t seq);
    /// Nothing folded up to `seq` changes the ruleset.
    void without_effect(std::uint64_t seq);
    void compiled(std::uint64_t seq);
    /// The kernel reflects the log up to `seq`.
    void applied(std::uint64_t seq);

    latency_stats stats() const;

private:
    using nanoseconds = std::chrono::nanoseconds;
    struct arrival { // what one read brought, as far as one commit took it
        std::uint64_t seq = 0;
        std::uint64_t events = 0;
        nanoseconds arrived{};
        nanoseconds since{}; // when the stage before ended
        latency_stage next = latency_stage::project;
    };
    struct mark { // how far a stage has come, and when
        std::uint64_t seq = 0;
        nanoseconds at{};
    };

    void follow(const model::watch_events& request, std::uint64_t seq, nanoseconds now);
    void reached(latency_stage stage, std::uint64_t seq);
    bool advance(arrival& a);
    void record(latency_stage stage, nanoseconds took, std::uint64_t events);

    const async::clock& time_;
    std::array<histogram, latency_stage_names.size()> histograms_;
    mutable std::mutex mutex_; // of what follows
    std::deque<arrival> under_way_;
    std::array<mark, latency_stage_names.size()> marks_;
    std::uint64_t without_effect_ = 0;
    std::uint64_t untimed_ = 0;
};

} // namespace nodewall::agent
