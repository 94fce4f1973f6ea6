// Rows that are heads in one compressed frame (schema/EVENT_LOG.md, "Checkpoint"): written piece by
// piece, read as a stream, so that neither holds more than a row and the compressed bytes.
#pragma once

#include "eventlog/columns.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace nodewall::eventlog {

class head_frame_writer {
public:
    /// `bytes` is what stands before the frame.
    explicit head_frame_writer(std::string bytes = {});
    ~head_frame_writer();
    head_frame_writer(const head_frame_writer&) = delete;
    head_frame_writer& operator=(const head_frame_writer&) = delete;

    /// In order of seq.
    void add(const row& r, const sha256_digest& digest);
    /// What is compressed so far (more may be waiting), and what went into it.
    std::size_t size() const noexcept { return bytes_.size(); }
    std::uint64_t content_bytes() const noexcept { return content_bytes_; }
    /// The whole; the writer is used up.
    std::string finish();

private:
    struct compressor;
    void compress(std::string_view input, bool last);

    std::unique_ptr<compressor> compressor_;
    std::string bytes_, row_;
    std::uint64_t content_bytes_ = 0;
};

/// Bytes from a file: bounded whatever they say.
class head_frame_reader {
public:
    /// `frame` must outlive the reader.
    explicit head_frame_reader(std::string_view frame);
    ~head_frame_reader();
    head_frame_reader(const head_frame_reader&) = delete;
    head_frame_reader& operator=(const head_frame_reader&) = delete;

    struct entry {
        row head; // its views are valid until the next call
        sha256_digest digest{};
    };
    /// The next row, or null at the end. errc::damaged where the frame is none, its seqs do not
    /// rise, or it holds more than limits::checkpoint_content_bytes_max.
    const entry* next();

private:
    struct decompressor;
    bool take();
    bool refill();

    std::unique_ptr<decompressor> decompressor_;
    std::string buffer_;
    std::string_view rest_; // of buffer_: not taken yet
    std::uint64_t content_bytes_ = 0;
    entry entry_;
};

} // namespace nodewall::eventlog
