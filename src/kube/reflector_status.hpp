// What a reflector is doing, for health, metrics and the agent's catch-up.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall::kube {

enum class reflector_state : std::uint8_t {
    load_cursor,
    probe,
    list,
    append_list,
    watch,
    read,
    reload_credentials,
    wait,
};
/// "probing", "listing", ...
std::string_view to_string(reflector_state s);

struct reflector_status {
    reflector_state state = reflector_state::load_cursor;
    std::string resource_version; // of the last event, bookmark or list; empty: none
    /// Listed, or passed its probe and heard an event or a bookmark since; a failure ends it.
    bool caught_up = false;
    std::uint64_t lists = 0, relists = 0, watches = 0;
    std::array<std::uint64_t, 5> events{}; // by model::observed_event::action
    /// Objects that came and could not be read, since the process began.
    std::uint64_t unread = 0;
    std::optional<timestamp> last_event;
    std::optional<error> last_error; // until the next good answer
};

} // namespace nodewall::kube
