#include "http/stream.hpp"

#include "http/socket_io.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace nodewall::http {

namespace {

class socket_stream final : public async::byte_stream {
public:
    explicit socket_stream(stream_socket connected) : socket_(std::move(connected)) {}

    async::awaitable<result<std::size_t>> async_read_some(std::span<char> into) override {
        return read_from(socket_, into);
    }
    async::awaitable<result<std::size_t>> async_write_some(std::string_view bytes) override {
        return write_to(socket_, bytes);
    }
    void close() override { close_socket(socket_); }

private:
    stream_socket socket_;
};

} // namespace

std::unique_ptr<async::byte_stream> make_stream(stream_socket connected) {
    boost::system::error_code ignored; // Unix sockets have no such option
    connected.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    return std::make_unique<socket_stream>(std::move(connected));
}

} // namespace nodewall::http
