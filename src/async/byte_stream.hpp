// Bytes in both directions: a TCP, Unix or TLS connection, or a pipe in memory. What is built on it
// needs neither socket nor TLS headers, and runs in simulation.
#pragma once

#include "async/awaitable.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace nodewall::async {

/// One read and one write may be under way at once, both on the stream's executor. Destroying it
/// closes the connection; nothing may be under way then.
class byte_stream {
public:
    virtual ~byte_stream() = default;

    /// At least one byte, or 0 where the peer has ended. A cancelled read may have lost bytes: the
    /// stream can only be closed then.
    virtual awaitable<result<std::size_t>> async_read_some(std::span<char> into) = 0;
    virtual awaitable<result<std::size_t>> async_write_some(std::string_view bytes) = 0;
    /// Ends both directions at once; reads and writes under way end as if cancelled.
    virtual void close() = 0;
};

/// Writes all of `bytes`, which must live until then.
awaitable<result<void>> write_all(byte_stream& to, std::string_view bytes);

} // namespace nodewall::async
