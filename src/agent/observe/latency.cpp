#include "agent/observe/latency.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace nodewall::agent {

namespace {

bool is_object_event(const model::observed_event& e) {
    return e.what != model::observed_event::action::bookmark &&
           e.what != model::observed_event::action::error;
}

} // namespace

void latency::record(latency_stage stage, nanoseconds took, std::uint64_t events) {
    histograms_.at(static_cast<std::size_t>(stage)).record(took, events);
}

void latency::decoded(std::chrono::nanoseconds took, std::size_t events) {
    record(latency_stage::decode, took, events);
}

void latency::durable(std::span<const model::append_request> requests, std::uint64_t seq) {
    const auto now = time_.steady();
    const std::lock_guard lock(mutex_);
    for (const auto& request : requests)
        if (const auto* watched = std::get_if<model::watch_events>(&request))
            follow(*watched, seq, now);
    // Readers see a commit before the writer says so: stages may be past it already.
    std::erase_if(under_way_, [this](auto& a) { return a.seq <= without_effect_ || advance(a); });
}

void latency::follow(const model::watch_events& request, std::uint64_t seq, nanoseconds now) {
    for (const auto& e : request.events) {
        if (e.arrived == nanoseconds::zero() || !is_object_event(e))
            continue;
        record(latency_stage::log, now - e.decoded, 1);
        const bool same = !under_way_.empty() && under_way_.back().seq == seq &&
                          under_way_.back().arrived == e.arrived;
        if (same)
            ++under_way_.back().events;
        else if (under_way_.size() < limits::timed_arrivals_max)
            under_way_.push_back({seq, 1, e.arrived, now, latency_stage::project});
        else
            ++untimed_;
    }
}

void latency::folded(std::uint64_t seq) {
    reached(latency_stage::project, seq);
}

void latency::without_effect(std::uint64_t seq) {
    const std::lock_guard lock(mutex_);
    without_effect_ = seq;
    std::erase_if(under_way_, [seq](const auto& a) { return a.seq <= seq; });
}

void latency::compiled(std::uint64_t seq) {
    reached(latency_stage::compile, seq);
}

void latency::applied(std::uint64_t seq) {
    reached(latency_stage::apply, seq);
}

void latency::reached(latency_stage stage, std::uint64_t seq) {
    const auto now = time_.steady();
    const std::lock_guard lock(mutex_);
    marks_.at(static_cast<std::size_t>(stage)) = {seq, now};
    std::erase_if(under_way_, [this](auto& a) { return advance(a); });
}

/// As far as the marks reach; true once it is in the kernel.
bool latency::advance(arrival& a) {
    while (a.next != latency_stage::total) {
        const auto& reached = marks_.at(static_cast<std::size_t>(a.next));
        if (reached.seq < a.seq)
            return false;
        record(a.next, reached.at - a.since, a.events);
        a.since = std::max(a.since, reached.at);
        a.next = static_cast<latency_stage>(static_cast<std::uint8_t>(a.next) + 1);
    }
    record(latency_stage::total, a.since - a.arrived, a.events);
    return true;
}

latency_stats latency::stats() const {
    latency_stats f;
    std::transform(histograms_.begin(), histograms_.end(), f.stages.begin(),
                   [](const auto& h) { return h.stats(); });
    const std::lock_guard lock(mutex_);
    f.untimed = untimed_;
    return f;
}

} // namespace nodewall::agent
