// A connection in memory, for tests and simulation: what is written to one end is read from the
// other. The order of everything is deterministic on one thread.
#pragma once

#include "async/byte_stream.hpp"

#include <utility>

namespace nodewall::async {

/// Writes never wait: the other end's buffer grows. Closing or destroying one end makes the other
/// read what is left, then 0; writes to it fail with boost::asio::error::broken_pipe.
std::pair<std::unique_ptr<byte_stream>, std::unique_ptr<byte_stream>> make_pipe();

} // namespace nodewall::async
