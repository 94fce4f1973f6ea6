// The API events among the last rows of the log, so that one that arrives again is noticed: 24 kB.
#pragma once

#include "eventlog/head_index.hpp"
#include "eventlog/row.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nodewall::eventlog {

class recent_events {
public:
    /// Rows of the log that it looks back on. A server that replays replays seconds.
    static constexpr std::uint64_t window = 1024;

    /// Each row of the log, in order: it takes the place of the one `window` before it.
    void put(const row& r) {
        slot& place = slots_[r.seq % window];
        place = {};
        versions_[r.seq % window] = 0;
        if (r.concerns_object() && r.origin == model::event_origin::watch) {
            place = {r.seq, quick_hash(r.stream)};
            versions_[r.seq % window] = version(r.stream, r.type, r.uid, r.resource_version);
        }
    }

    /// The row that may be this event; the caller reads it to be sure.
    std::optional<std::uint64_t> find(std::string_view stream, std::string_view type,
                                      std::string_view uid, std::string_view resource_version) {
        const auto at = std::ranges::find(versions_, version(stream, type, uid, resource_version));
        if (at == versions_.end())
            return std::nullopt;
        return slots_[static_cast<std::size_t>(at - versions_.begin())].seq;
    }

    /// After a list nothing of the stream's past comes again: what looks like it is news (a server
    /// restored from a backup gives the same resourceVersions anew).
    void forget(std::string_view stream) {
        for (std::size_t i = 0; i < window; ++i)
            if (slots_[i].stream == quick_hash(stream))
                versions_[i] = 0;
    }

    void clear() { *this = {}; }

private:
    struct slot {
        std::uint64_t seq = 0;
        std::uint64_t stream = 0;
    };

    static std::uint64_t version(std::string_view stream, std::string_view type,
                                 std::string_view uid, std::string_view resource_version) {
        std::uint64_t hash = 1;
        for (const auto word : {stream, type, uid, resource_version})
            hash = (hash ^ quick_hash(word)) * 0x9e3779b97f4a7c15;
        return hash | 1; // never that of an empty slot
    }

    std::array<std::uint64_t, window> versions_{};
    std::array<slot, window> slots_{};
};

} // namespace nodewall::eventlog
