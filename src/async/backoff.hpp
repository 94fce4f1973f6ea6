// How long to wait before the next attempt: exponential with full jitter.
#pragma once

#include "base/limits.hpp"

#include <chrono>
#include <functional>

namespace nodewall::async {

/// Chance, injected: each call a number in [0, 1).
using jitter = std::function<double()>;

/// The n-th delay is drawn evenly from [0, min(backoff_max, backoff_first * 2^(n-1))).
class backoff {
public:
    explicit backoff(jitter random) : random_(std::move(random)) {}

    std::chrono::nanoseconds next();
    /// After success: the next delay is a first one again.
    void reset() { attempts_ = 0; }

private:
    jitter random_;
    unsigned attempts_ = 0;
};

} // namespace nodewall::async
