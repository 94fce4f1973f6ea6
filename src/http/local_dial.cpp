#include "http/dial.hpp"
#include "http/socket_io.hpp"
#include "http/stream.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>

#include <sys/un.h>

namespace nodewall::http {

namespace {

using boost::asio::local::stream_protocol;

async::awaitable<result<std::unique_ptr<async::byte_stream>>> dial(std::string path) {
    if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path))
        co_return error(errc::cannot_connect, path.substr(0, 200) + ": no path of a socket");
    stream_protocol::socket socket(co_await boost::asio::this_coro::executor);
    const auto [problem] = co_await socket.async_connect(path, as_result);
    if (problem == boost::asio::error::operation_aborted)
        async::throw_cancelled();
    if (problem)
        co_return error(errc::cannot_connect, path + ": " + problem.message());
    co_return make_stream(std::move(socket));
}

} // namespace

dialer make_local_dialer(std::string path) {
    return [path = std::move(path)] { return dial(path); };
}

} // namespace nodewall::http
