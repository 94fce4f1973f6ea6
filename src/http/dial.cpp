#include "http/dial.hpp"

#include "http/socket_io.hpp"
#include "http/stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <vector>

namespace nodewall::http {

namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using async::awaitable;
using boost::system::error_code;
using context_ptr = std::shared_ptr<ssl::context>;
using stream_ptr = std::unique_ptr<async::byte_stream>;

class tls_stream final : public async::byte_stream {
public:
    tls_stream(tcp::socket connected, context_ptr context)
        : context_(std::move(context)), stream_(std::move(connected), *context_) {}

    /// The name to ask for (SNI) and to find in the certificate.
    void expect(const std::string& name) {
        auto* handle = stream_.native_handle();
        auto* checks = SSL_get0_param(handle);
        error_code not_an_address;
        asio::ip::make_address(name, not_an_address);
        if (!not_an_address) {
            X509_VERIFY_PARAM_set1_ip_asc(checks, name.c_str());
            return;
        }
        X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
        X509_VERIFY_PARAM_set1_host(checks, name.c_str(), name.size());
        SSL_set_tlsext_host_name(handle, name.c_str());
    }

    awaitable<result<void>> handshake() {
        const auto [problem] =
            co_await stream_.async_handshake(ssl::stream_base::client, as_result);
        if (problem == asio::error::operation_aborted)
            async::throw_cancelled();
        if (!problem)
            co_return result<void>{};
        const auto verdict = SSL_get_verify_result(stream_.native_handle());
        if (verdict != X509_V_OK)
            co_return error(errc::untrusted, X509_verify_cert_error_string(verdict));
        co_return error(errc::tls_failed, problem.message());
    }

    awaitable<result<std::size_t>> async_read_some(std::span<char> into) override {
        auto count = co_await read_from(stream_, into);
        // A peer that closes without TLS's goodbye: the message's own framing says what is missing.
        if (!count && count.error().code() == ssl::error::stream_truncated)
            co_return std::size_t{0};
        co_return count;
    }
    awaitable<result<std::size_t>> async_write_some(std::string_view bytes) override {
        return write_to(stream_, bytes);
    }
    void close() override { close_socket(stream_.lowest_layer()); }

private:
    context_ptr context_;
    ssl::stream<tcp::socket> stream_;
};

awaitable<result<std::vector<tcp::endpoint>>> resolve(const url& server) {
    error_code not_an_address;
    const auto address = asio::ip::make_address(server.host, not_an_address);
    if (!not_an_address)
        co_return std::vector{tcp::endpoint(address, server.port)};
    tcp::resolver resolver(co_await asio::this_coro::executor);
    const auto [problem, found] =
        co_await resolver.async_resolve(server.host, std::to_string(server.port), as_result);
    if (problem == asio::error::operation_aborted)
        async::throw_cancelled();
    if (problem)
        co_return error(errc::cannot_resolve, problem.message());
    co_return std::vector<tcp::endpoint>(found.begin(), found.end());
}

/// A peer that vanished without a word is noticed within a minute. A connection whose options
/// cannot be set is still good.
void keep_alive(tcp::socket& socket) {
    const auto set = [&socket](int option, int value) {
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
    };
    set(TCP_KEEPIDLE, 30); // seconds
    set(TCP_KEEPINTVL, 10);
    set(TCP_KEEPCNT, 3);
    error_code ignored;
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    socket.set_option(tcp::no_delay(true), ignored);
}

awaitable<result<tcp::socket>> connect(const url& server) {
    const auto addresses = co_await resolve(server);
    if (!addresses)
        co_return addresses.error();
    tcp::socket socket(co_await asio::this_coro::executor);
    error_code last = asio::error::host_not_found;
    for (const auto& address : *addresses) {
        error_code ignored; // left open by the attempt before
        socket.close(ignored);
        const auto [problem] = co_await socket.async_connect(address, as_result);
        if (problem == asio::error::operation_aborted)
            async::throw_cancelled();
        if (!problem) {
            keep_alive(socket);
            co_return std::move(socket);
        }
        last = problem;
    }
    co_return error(errc::cannot_connect, last.message());
}

awaitable<result<stream_ptr>> dial(url server, context_ptr context, std::string server_name) {
    auto socket = co_await connect(server);
    if (!socket)
        co_return socket.error().within(server.to_string());
    if (!context)
        co_return make_stream(std::move(*socket));
    auto stream = std::make_unique<tls_stream>(std::move(*socket), std::move(context));
    stream->expect(server_name);
    if (auto done = co_await stream->handshake(); !done)
        co_return done.error().within(server.to_string());
    co_return stream_ptr(std::move(stream));
}

} // namespace

result<dialer> make_dialer(url server, const tls_settings& tls) {
    context_ptr context;
    if (server.tls) {
        auto made = make_client_context(tls);
        if (!made)
            return made.error();
        context = std::move(*made);
    }
    auto name = tls.server_name.empty() ? server.host : tls.server_name;
    return dialer([server = std::move(server), context = std::move(context),
                   name = std::move(name)] { return dial(server, context, name); });
}

} // namespace nodewall::http
