// Reads and writes of an Asio stream in the terms of async::byte_stream.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <span>
#include <string_view>

namespace nodewall::http {

inline constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

template <class Stream>
async::awaitable<result<std::size_t>> read_from(Stream& stream, std::span<char> into) {
    const auto [problem, count] =
        co_await stream.async_read_some(boost::asio::buffer(into.data(), into.size()), as_result);
    if (problem == boost::asio::error::operation_aborted)
        async::throw_cancelled();
    if (problem == boost::asio::error::eof)
        co_return std::size_t{0};
    if (problem)
        co_return error(problem);
    co_return count;
}

template <class Stream>
async::awaitable<result<std::size_t>> write_to(Stream& stream, std::string_view bytes) {
    const auto [problem, count] = co_await stream.async_write_some(
        boost::asio::buffer(bytes.data(), bytes.size()), as_result);
    if (problem == boost::asio::error::operation_aborted)
        async::throw_cancelled();
    if (problem)
        co_return error(problem);
    co_return count;
}

template <class Socket> void close_socket(Socket& socket) {
    boost::system::error_code ignored; // a peer that is gone already is fine
    socket.shutdown(boost::asio::socket_base::shutdown_both, ignored);
    socket.close(ignored);
}

} // namespace nodewall::http
