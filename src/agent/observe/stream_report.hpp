// What the service says of one kind that it follows.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace nodewall::agent {

struct stream_report {
    std::string stream;
    std::string state; // what the reflector is at, a word or two
    std::string resource_version;
    std::string last_error;
    std::optional<timestamp> last_event;
    std::uint64_t relists = 0;
    std::uint64_t unread = 0;                    // objects that came and could not be read
    std::map<std::string, std::uint64_t> events; // by type
    bool listed = false;                         // at least once, in this life or an earlier one
    bool caught_up = false;                      // in this life
    /// The API server has it, or should have it: it is required, or was listed before.
    bool expected = true;
};

} // namespace nodewall::agent
