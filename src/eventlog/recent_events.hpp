// The API events among the last rows of the log, so that one that arrives again is noticed: 48 kB.
#pragma once

#include "eventlog/head_index.hpp"
#include "eventlog/row.hpp"

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
        if (r.concerns_object() && r.origin == model::event_origin::watch) {
            const auto hash = version(r.stream, r.type, r.uid, r.resource_version);
            auto& last = last_[hash % window];
            place = {r.seq, last, quick_hash(r.stream), hash};
            last = r.seq;
        }
    }

    /// The row that may be this event; the caller reads it to be sure.
    std::optional<std::uint64_t> find(std::string_view stream, std::string_view type,
                                      std::string_view uid,
                                      std::string_view resource_version) const {
        const auto hash = version(stream, type, uid, resource_version);
        for (auto seq = last_[hash % window]; seq != 0;) {
            const slot& place = slots_[seq % window];
            if (place.seq != seq)
                break; // overwritten, as is all before it
            if (place.version == hash && !place.forgotten)
                return seq;
            seq = place.before;
        }
        return std::nullopt;
    }

    /// After a list nothing of the stream's past comes again: what looks like it is news (a server
    /// restored from a backup gives the same resourceVersions anew).
    void forget(std::string_view stream) {
        const auto hash = quick_hash(stream);
        for (auto& place : slots_)
            place.forgotten |= place.stream == hash;
    }

    void clear() { *this = {}; }

private:
    struct slot {
        std::uint64_t seq = 0;
        std::uint64_t before = 0; // the row before whose version falls to the same place of last_
        std::uint64_t stream = 0;
        std::uint64_t version = 0;
        bool forgotten = false;
    };

    static std::uint64_t version(std::string_view stream, std::string_view type,
                                 std::string_view uid, std::string_view resource_version) {
        std::uint64_t hash = 1;
        for (const auto word : {stream, type, uid, resource_version})
            hash = (hash ^ quick_hash(word)) * 0x9e3779b97f4a7c15;
        return hash ^ hash >> 32U;
    }

    std::array<slot, window> slots_{};
    std::array<std::uint64_t, window> last_{}; // by version: the last row
};

} // namespace nodewall::eventlog
