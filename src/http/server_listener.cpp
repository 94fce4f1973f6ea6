#include "http/listener_socket.hpp"
#include "http/socket_io.hpp"
#include "http/stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <fmt/core.h>

#include <charconv>
#include <optional>

namespace nodewall::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

std::optional<tcp::endpoint> parse_endpoint(std::string_view address) {
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    auto host = address.substr(0, colon);
    const auto port_text = address.substr(colon + 1);
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return std::nullopt;
    boost::system::error_code problem;
    const auto ip = asio::ip::make_address(std::string(host), problem);
    std::uint16_t port = 0;
    const auto* end = port_text.data() + port_text.size();
    const auto [parsed_to, bad_port] = std::from_chars(port_text.data(), end, port);
    if (problem || bad_port != std::errc() || parsed_to != end)
        return std::nullopt;
    return tcp::endpoint(ip, port);
}

std::string to_string(const tcp::endpoint& at) {
    const auto ip = at.address().to_string();
    return at.address().is_v6() ? fmt::format("[{}]:{}", ip, at.port())
                                : fmt::format("{}:{}", ip, at.port());
}

} // namespace

class listener::tcp_socket final : public listener::socket {
public:
    explicit tcp_socket(tcp::acceptor open) : acceptor_(std::move(open)) {}

    std::string address() const override { return to_string(acceptor_.local_endpoint()); }
    async::awaitable<result<peer>> accept() override {
        auto [problem, client] = co_await acceptor_.async_accept(as_result);
        if (problem == asio::error::operation_aborted)
            async::throw_cancelled();
        if (problem)
            co_return error(problem, address());
        boost::system::error_code gone;
        const auto from = client.remote_endpoint(gone);
        auto address = gone ? std::string() : from.address().to_string();
        co_return peer{make_stream(std::move(client)), std::move(address)};
    }

private:
    tcp::acceptor acceptor_;
};

listener::listener(std::unique_ptr<socket> open) : socket_(std::move(open)) {}
listener::listener(listener&&) noexcept = default;
listener& listener::operator=(listener&&) noexcept = default;
listener::~listener() = default;

result<listener> listener::open(const async::executor& where, const std::string& address) {
    const auto endpoint = parse_endpoint(address);
    if (!endpoint)
        return error(errc::cannot_listen,
                     fmt::format("\"{}\" is not of the form ADDRESS:PORT", address));
    tcp::acceptor acceptor(where);
    boost::system::error_code problem;
    acceptor.open(endpoint->protocol(), problem);
    if (!problem)
        acceptor.set_option(tcp::acceptor::reuse_address(true), problem);
    if (!problem)
        acceptor.bind(*endpoint, problem);
    if (!problem)
        acceptor.listen(asio::socket_base::max_listen_connections, problem);
    if (problem)
        return error(errc::cannot_listen, fmt::format("{}: {}", address, problem.message()));
    return listener(std::make_unique<tcp_socket>(std::move(acceptor)));
}

std::string listener::address() const {
    return socket_->address();
}

async::awaitable<result<listener::peer>> listener::accept() {
    return socket_->accept();
}

} // namespace nodewall::http
