// Lines out of chunks that are cut anywhere: a watch is one JSON value a line.
#pragma once

#include "kube/error.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace nodewall::kube {

class frame_splitter {
public:
    /// False ends the splitting of this chunk: the caller wants no more.
    using visitor = std::function<bool(std::string_view frame)>;

    /// Hands over each frame that `chunk` completes, in order, without its line end; empty lines
    /// are passed over. The views live until visit returns. An error where a frame exceeds
    /// limits::frame_bytes_max: the stream is of no use then.
    result<void> feed(std::string_view chunk, const visitor& visit);

    /// Whether a frame has begun and not ended.
    bool cut() const noexcept { return !begun_.empty(); }
    /// Of the frame that was too large: how much of it was seen.
    std::size_t bytes_too_large() const noexcept { return bytes_too_large_; }

private:
    std::string begun_;
    std::size_t bytes_too_large_ = 0;
};

} // namespace nodewall::kube
