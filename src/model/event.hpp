// One row of the event log (schema/EVENT_LOG.md), as it is stored and as it is read back.
#pragma once

#include "base/sha256.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall::model {

/// Values of event.type. Text, not an enum: a newer minor version may write others, and a reader
/// keeps what it does not know.
namespace event_type {
inline constexpr std::string_view added = "ADDED";
inline constexpr std::string_view modified = "MODIFIED";
inline constexpr std::string_view deleted = "DELETED";
inline constexpr std::string_view bookmark = "BOOKMARK";
inline constexpr std::string_view error = "ERROR";
// Agent events, stream "nodewall" (LISTED, GAP, TOO_LARGE and UNSERVED: the stream that they speak
// of).
inline constexpr std::string_view genesis = "GENESIS";
inline constexpr std::string_view started = "STARTED";
inline constexpr std::string_view configured = "CONFIGURED";
inline constexpr std::string_view listed = "LISTED";
inline constexpr std::string_view gap = "GAP";
inline constexpr std::string_view applied = "APPLIED";
inline constexpr std::string_view drifted = "DRIFTED";
inline constexpr std::string_view clock = "CLOCK";
inline constexpr std::string_view cluster = "CLUSTER";
inline constexpr std::string_view too_large = "TOO_LARGE";
inline constexpr std::string_view unserved = "UNSERVED";
inline constexpr std::string_view stopped = "STOPPED";
} // namespace event_type

/// Values of event.origin.
namespace event_origin {
inline constexpr std::string_view watch = "watch";
inline constexpr std::string_view list = "list";
inline constexpr std::string_view relist = "relist";
inline constexpr std::string_view import = "import";
inline constexpr std::string_view agent = "agent";
} // namespace event_origin

struct event {
    std::uint64_t seq = 0;
    timestamp at{};
    std::optional<timestamp> claimed_at;
    std::string stream;
    std::string type;
    std::string origin;
    std::string namespace_;
    std::string name;
    std::string uid;
    std::string resource_version;
    std::optional<std::uint64_t> previous;
    std::string body;
    sha256_digest digest{};

    /// Whether it sets or removes an object (ADDED, MODIFIED, DELETED).
    bool concerns_object() const {
        return type == event_type::added || type == event_type::modified ||
               type == event_type::deleted;
    }
};

} // namespace nodewall::model
