#include "eventlog/head_frame.hpp"

#include "base/limits.hpp"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <new>

namespace nodewall::eventlog {

namespace {

// The quickest: a tenth of the size of pods' rows already.
constexpr int compression_level = 1;
// What a reader sets aside at most, whatever the frame asks for: 8 MiB; level 1 asks for 512 KiB.
constexpr int window_log_max = 23;
// What one row may take: its body, and its other texts.
constexpr std::size_t row_bytes_max = limits::frame_bytes_max + (1U << 20U);

[[noreturn]] void fail_as_damaged(std::string_view why) {
    fail(errc::damaged, "checkpoint: " + std::string(why));
}

} // namespace

struct head_frame_writer::compressor {
    ZSTD_CCtx* context = ZSTD_createCCtx();

    compressor() {
        if (context == nullptr)
            throw std::bad_alloc();
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, compression_level);
    }
    ~compressor() { ZSTD_freeCCtx(context); }
    compressor(const compressor&) = delete;
    compressor& operator=(const compressor&) = delete;
};

head_frame_writer::head_frame_writer(std::string bytes)
    : compressor_(std::make_unique<compressor>()), bytes_(std::move(bytes)) {}
head_frame_writer::~head_frame_writer() = default;

void head_frame_writer::compress(std::string_view input, bool last) {
    ZSTD_inBuffer from{input.data(), input.size(), 0};
    std::array<char, 1U << 14U> piece;
    for (;;) {
        ZSTD_outBuffer to{piece.data(), piece.size(), 0};
        const auto left = ZSTD_compressStream2(compressor_->context, &to, &from,
                                               last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left) != 0)
            throw std::bad_alloc(); // nothing else can go wrong
        bytes_.append(piece.data(), to.pos);
        if (last ? left == 0 : from.pos == from.size)
            return;
    }
}

void head_frame_writer::add(const row& r, const sha256_digest& digest) {
    row_.clear();
    put_columns(row_, r);
    row_.append(digest.begin(), digest.end());
    content_bytes_ += row_.size();
    compress(row_, false);
}

std::string head_frame_writer::finish() {
    compress({}, true);
    return std::move(bytes_);
}

struct head_frame_reader::decompressor {
    ZSTD_DCtx* context = ZSTD_createDCtx();
    ZSTD_inBuffer from{};
    bool ended = false; // the frame, by its own account

    explicit decompressor(std::string_view frame) : from{frame.data(), frame.size(), 0} {
        if (context == nullptr)
            throw std::bad_alloc();
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, window_log_max);
    }
    ~decompressor() { ZSTD_freeDCtx(context); }
    decompressor(const decompressor&) = delete;
    decompressor& operator=(const decompressor&) = delete;
};

head_frame_reader::head_frame_reader(std::string_view frame)
    : decompressor_(std::make_unique<decompressor>(frame)) {}
head_frame_reader::~head_frame_reader() = default;

const head_frame_reader::entry* head_frame_reader::next() {
    while (!take())
        if (!refill())
            return nullptr;
    return &entry_;
}

bool head_frame_reader::take() {
    auto from = rest_;
    const auto r = take_columns(from);
    if (!r || from.size() < entry_.digest.size())
        return false;
    if (r->seq <= entry_.head.seq)
        fail_as_damaged("its seqs do not rise");
    entry_.head = *r;
    std::copy_n(from.begin(), entry_.digest.size(), entry_.digest.begin());
    from.remove_prefix(entry_.digest.size());
    rest_ = from;
    return true;
}

/// Makes rest_ longer; false at the end of the frame.
bool head_frame_reader::refill() {
    auto& d = *decompressor_;
    if (d.ended) {
        if (!rest_.empty() || d.from.pos != d.from.size)
            fail_as_damaged("something follows its last row");
        return false;
    }
    if (rest_.size() > row_bytes_max)
        fail_as_damaged("a row is too large");
    buffer_.erase(0, buffer_.size() - rest_.size());
    const auto kept = buffer_.size();
    buffer_.resize(kept + ZSTD_DStreamOutSize());
    ZSTD_outBuffer to{buffer_.data(), buffer_.size(), kept};
    const auto left = ZSTD_decompressStream(d.context, &to, &d.from);
    if (ZSTD_isError(left) != 0)
        fail_as_damaged(ZSTD_getErrorName(left));
    d.ended = left == 0;
    if (to.pos == kept && !d.ended)
        fail_as_damaged("it ends too early");
    content_bytes_ += to.pos - kept;
    if (content_bytes_ > limits::checkpoint_content_bytes_max)
        fail_as_damaged("it holds too much");
    buffer_.resize(to.pos);
    rest_ = buffer_;
    return true;
}

} // namespace nodewall::eventlog
