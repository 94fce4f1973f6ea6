// When what the streams bring may reach the kernel (SEMANTICS section 5): never a part of a first
// list, and after a restart or an outage not before each stream has caught up or five seconds have
// passed. A machine without I/O.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace nodewall::agent {

class catch_up {
public:
    using instant = std::chrono::nanoseconds; // of a clock that never steps back

    struct streams {
        std::size_t all = 0;
        std::size_t settled = 0;       // caught up, or not served by this API server
        bool every_one_listed = false; // in this life or an earlier one
    };

    explicit catch_up(instant start) : episode_(start) {}

    /// Whether what is in the log may be published now.
    bool open(const streams& s, instant now);
    /// When the answer may change without any stream changing.
    std::optional<instant> deadline() const { return deadline_; }

private:
    instant episode_; // since when the streams have been catching up
    std::size_t settled_before_ = 0;
    std::optional<instant> deadline_;
};

} // namespace nodewall::agent
