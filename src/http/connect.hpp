// One TCP connection to a host that may have several addresses.
#pragma once

#include "async/clock.hpp"
#include "http/error.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nodewall::http {

/// With keepalive. The addresses are tried side by side, each begun a quarter of a second after the
/// one before it, or at once where that has failed (RFC 8305), so that a dead one costs no more.
/// The first one tried is number `first` of them, counted round: whoever got no answer behind a
/// connection begins with the next.
async::awaitable<result<boost::asio::ip::tcp::socket>>
connect(std::string host, std::uint16_t port, std::size_t first, async::clock& time);

/// The same to addresses that are known, in the order of preference; at least one.
async::awaitable<result<boost::asio::ip::tcp::socket>>
connect_any(std::vector<boost::asio::ip::tcp::endpoint> addresses, std::size_t first,
            async::clock& time);

} // namespace nodewall::http
