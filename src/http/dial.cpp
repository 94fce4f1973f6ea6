#include "http/dial.hpp"

#include "http/connect.hpp"
#include "http/socket_io.hpp"
#include "http/stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <cstddef>
#include <utility>

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

/// How a server is reached, and by which of its addresses first.
struct way {
    explicit way(async::clock& clock) : time(clock) {}

    async::clock& time;
    destination to;
    context_ptr context;       // null: without TLS
    std::string name;          // to be found in the certificate
    std::size_t fruitless = 0; // connections that brought nothing, so far
};

/// A connection on which no byte came back was fruitless: the next one begins with another address.
/// Not every server that takes connections answers them.
class watched_stream final : public async::byte_stream {
public:
    watched_stream(stream_ptr of, std::shared_ptr<way> by)
        : stream_(std::move(of)), way_(std::move(by)) {}
    watched_stream(const watched_stream&) = delete;
    watched_stream& operator=(const watched_stream&) = delete;
    ~watched_stream() override {
        if (!answered_)
            ++way_->fruitless;
    }

    awaitable<result<std::size_t>> async_read_some(std::span<char> into) override {
        auto count = co_await stream_->async_read_some(into);
        answered_ = answered_ || (count && *count > 0);
        co_return count;
    }
    awaitable<result<std::size_t>> async_write_some(std::string_view bytes) override {
        return stream_->async_write_some(bytes);
    }
    void close() override { stream_->close(); }

private:
    stream_ptr stream_;
    std::shared_ptr<way> way_;
    bool answered_ = false;
};

awaitable<result<tcp::socket>> reach(const destination& to, std::size_t first, async::clock& time) {
    if (!to.through)
        co_return co_await connect(to.server.host, to.server.port, first, time);
    auto socket = co_await connect(to.through->host, to.through->port, first, time);
    if (!socket)
        co_return socket.error().within("proxy " + to.through->to_string());
    if (const auto opened = co_await open_tunnel(*socket, *to.through, to.server); !opened)
        co_return opened.error().within("proxy " + to.through->to_string());
    co_return socket;
}

awaitable<result<stream_ptr>> dial_first(const way& by, std::size_t first) {
    const auto place = by.to.server.to_string();
    auto socket = co_await reach(by.to, first, by.time);
    if (!socket)
        co_return socket.error().within(place);
    if (!by.context)
        co_return make_stream(std::move(*socket));
    auto stream = std::make_unique<tls_stream>(std::move(*socket), by.context);
    stream->expect(by.name);
    if (auto done = co_await stream->handshake(); !done)
        co_return done.error().within(place);
    co_return stream_ptr(std::move(stream));
}

/// Counts a connection as fruitless unless it was made: also where a time limit ends it.
class attempt_count {
public:
    explicit attempt_count(way& of) : way_(of) {}
    attempt_count(const attempt_count&) = delete;
    attempt_count& operator=(const attempt_count&) = delete;
    ~attempt_count() {
        if (!made_)
            ++way_.fruitless;
    }
    void made() { made_ = true; }

private:
    way& way_;
    bool made_ = false;
};

awaitable<result<stream_ptr>> dial(std::shared_ptr<way> by) {
    attempt_count attempt(*by);
    auto stream = co_await dial_first(*by, by->fruitless);
    if (!stream)
        co_return stream.error();
    attempt.made();
    co_return stream_ptr(std::make_unique<watched_stream>(std::move(*stream), by));
}

} // namespace

result<dialer> make_dialer(destination to, async::clock& time) {
    auto by = std::make_shared<way>(time);
    if (to.server.tls) {
        auto made = make_client_context(to.tls);
        if (!made)
            return made.error();
        by->context = std::move(*made);
    }
    by->name = to.tls.server_name.empty() ? to.server.host : to.tls.server_name;
    by->to = std::move(to);
    return dialer([by = std::move(by)] { return dial(by); });
}

} // namespace nodewall::http
