// Connections as byte streams: over TCP or Unix sockets, plain or with TLS.
#pragma once

#include "async/byte_stream.hpp"
#include "http/error.hpp"

#include <boost/asio/generic/stream_protocol.hpp>

#include <memory>

namespace nodewall::http {

using stream_socket = boost::asio::generic::stream_protocol::socket;

/// Over a connected socket, which tcp::socket and local::stream_protocol::socket convert to. On TCP
/// small writes go out at once.
std::unique_ptr<async::byte_stream> make_stream(stream_socket connected);

} // namespace nodewall::http
