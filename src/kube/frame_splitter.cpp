#include "kube/frame_splitter.hpp"

#include "base/limits.hpp"

#include <utility>

namespace nodewall::kube {

namespace {

std::string_view without_carriage_return(std::string_view frame) {
    if (frame.ends_with('\r'))
        frame.remove_suffix(1);
    return frame;
}

} // namespace

void frame_splitter::feed(std::string_view chunk, const visitor& visit) {
    for (;;) {
        const auto at = chunk.find('\n');
        const auto piece = chunk.substr(0, at);
        if (at == std::string_view::npos)
            return begin(piece);
        chunk.remove_prefix(at + 1);
        if (!end(piece, visit))
            return;
    }
}

/// A piece of a frame that does not end yet.
void frame_splitter::begin(std::string_view piece) {
    bytes_ += piece.size();
    if (!skimmer_ && bytes_ <= limits::frame_bytes_max) {
        begun_ += piece;
        return;
    }
    if (!skimmer_) {
        skimmer_.emplace(codec::identity_skimmer::place::watch_frame);
        skimmer_->feed(begun_);
        begun_ = {};
    }
    skimmer_->feed(piece);
}

bool frame_splitter::end(std::string_view piece, const visitor& visit) {
    if (skimmer_ || bytes_ + piece.size() > limits::frame_bytes_max) {
        begin(piece);
        const frame large{.bytes = std::exchange(bytes_, 0), .who = &skimmer_->found()};
        const bool more = visit(large);
        skimmer_.reset();
        return more;
    }
    bytes_ = 0;
    if (begun_.empty()) {
        const auto text = without_carriage_return(piece);
        return text.empty() || visit({.text = text, .bytes = text.size()});
    }
    const auto whole = std::move(begun_.append(piece));
    begun_ = {};
    const auto text = without_carriage_return(whole);
    return text.empty() || visit({.text = text, .bytes = text.size()});
}

} // namespace nodewall::kube
