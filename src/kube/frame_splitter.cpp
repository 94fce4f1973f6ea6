#include "kube/frame_splitter.hpp"

#include "base/limits.hpp"

namespace nodewall::kube {

namespace {

error too_large() {
    return {errc::frame_too_large,
            "over " + std::to_string(limits::frame_bytes_max >> 20U) + " MiB"};
}

std::string_view without_carriage_return(std::string_view frame) {
    if (frame.ends_with('\r'))
        frame.remove_suffix(1);
    return frame;
}

} // namespace

result<void> frame_splitter::feed(std::string_view chunk, const visitor& visit) {
    for (;;) {
        const auto end = chunk.find('\n');
        const auto piece = chunk.substr(0, end);
        if (begun_.size() + piece.size() > limits::frame_bytes_max) {
            bytes_too_large_ = begun_.size() + piece.size();
            return too_large();
        }
        if (end == std::string_view::npos) {
            begun_ += piece;
            return {};
        }
        chunk.remove_prefix(end + 1);
        std::string whole;
        if (!begun_.empty()) {
            whole = std::move(begun_.append(piece));
            begun_.clear();
        }
        const auto frame = without_carriage_return(whole.empty() ? piece : whole);
        if (!frame.empty() && !visit(frame))
            return {};
    }
}

} // namespace nodewall::kube
