// Lines out of chunks that are cut anywhere: a watch is one JSON value a line.
#pragma once

#include "codec/identity_skimmer.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall::kube {

class frame_splitter {
public:
    struct frame {
        std::string_view text; // empty: over limits::frame_bytes_max
        std::size_t bytes = 0;
        const codec::skimmed_identity* who = nullptr; // only where it is over the limit
    };
    /// False ends the splitting of this chunk: the caller wants no more.
    using visitor = std::function<bool(const frame&)>;

    /// Hands over each frame that `chunk` completes, in order, without its line end; empty lines
    /// are passed over. The views live until visit returns. Of a frame over the limit only who it
    /// speaks of is kept, while it passes by.
    void feed(std::string_view chunk, const visitor& visit);

    /// Whether a frame has begun and not ended.
    bool cut() const noexcept { return bytes_ != 0; }

private:
    void begin(std::string_view piece);
    bool end(std::string_view piece, const visitor& visit);

    std::string begun_;
    std::size_t bytes_ = 0; // of the frame that has begun
    std::optional<codec::identity_skimmer> skimmer_;
};

} // namespace nodewall::kube
