#include "http/proxy.hpp"

#include "base/limits.hpp"
#include "http/socket_io.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <vector>

namespace nodewall::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using async::awaitable;

namespace {

using bytes = std::vector<std::uint8_t>;

error refused(std::string_view why) {
    return {errc::proxy_refused, std::string(why)};
}

error broken(const boost::system::error_code& problem) {
    if (problem == asio::error::operation_aborted)
        async::throw_cancelled();
    return {errc::proxy_refused, problem.message()};
}

// ---- HTTP ---------------------------------------------------------------------------------------

std::string basic(const proxy& through) {
    const auto plain = through.user + ":" + through.password;
    std::vector<unsigned char> text((plain.size() + 2) / 3 * 4 + 1); // with a NUL
    const auto size =
        EVP_EncodeBlock(text.data(), reinterpret_cast<const unsigned char*>(plain.data()),
                        static_cast<int>(plain.size()));
    return {text.begin(), text.begin() + size};
}

/// Of "HTTP/1.1 200 Connection established"; empty where it is no such line.
std::string_view status_of(std::string_view head) {
    const auto space = head.find(' ');
    if (!head.starts_with("HTTP/1.") || space == std::string_view::npos)
        return {};
    return head.substr(space + 1, 3);
}

awaitable<result<void>> ask_connect(tcp::socket& peer, const proxy& through, const url& server) {
    const auto target = server.authority();
    std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!through.user.empty())
        request += "Proxy-Authorization: Basic " + basic(through) + "\r\n";
    request += "\r\n";
    const auto [unsent, sent] = co_await asio::async_write(peer, asio::buffer(request), as_result);
    if (unsent)
        co_return broken(unsent);
    std::string head;
    const auto [problem, size] = co_await asio::async_read_until(
        peer, asio::dynamic_buffer(head, limits::http_head_bytes_max), "\r\n\r\n", as_result);
    if (problem)
        co_return broken(problem);
    const auto line = std::string_view(head).substr(0, head.find("\r\n"));
    if (!status_of(line).starts_with('2'))
        co_return refused(line.substr(0, 100));
    if (size != head.size()) // the client speaks first
        co_return refused("it sends more than its answer");
    co_return result<void>{};
}

// ---- SOCKS5 -------------------------------------------------------------------------------------

constexpr std::uint8_t socks5 = 5, no_authentication = 0, by_password = 2, connect_command = 1,
                       of_ipv4 = 1, of_name = 3, of_ipv6 = 4, succeeded = 0;

/// Sends `request` and reads `count` bytes.
awaitable<result<bytes>> exchange(tcp::socket& peer, bytes request, std::size_t count) {
    const auto [unsent, sent] = co_await asio::async_write(peer, asio::buffer(request), as_result);
    if (unsent)
        co_return broken(unsent);
    bytes answer(count);
    const auto [problem, size] = co_await asio::async_read(peer, asio::buffer(answer), as_result);
    if (problem)
        co_return broken(problem);
    co_return answer;
}

/// With its length in front.
void append_text(bytes& to, std::string_view text) {
    to.push_back(static_cast<std::uint8_t>(text.size()));
    to.insert(to.end(), text.begin(), text.end());
}

void append_address(bytes& to, const std::string& host) {
    boost::system::error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    const auto append = [&](std::uint8_t type, const auto& raw) {
        to.push_back(type);
        to.insert(to.end(), raw.begin(), raw.end());
    };
    if (no_address) {
        to.push_back(of_name);
        append_text(to, host);
    } else if (address.is_v4()) {
        append(of_ipv4, address.to_v4().to_bytes());
    } else {
        append(of_ipv6, address.to_v6().to_bytes());
    }
}

awaitable<result<void>> greet(tcp::socket& peer, const proxy& through) {
    const auto method = through.user.empty() ? no_authentication : by_password;
    bytes greeting{socks5, 1, method};
    const auto chosen = co_await exchange(peer, std::move(greeting), 2);
    if (!chosen)
        co_return chosen.error();
    if (chosen->at(0) != socks5 || chosen->at(1) != method)
        co_return refused("it is no SOCKS5 proxy, or wants another authentication");
    if (through.user.empty())
        co_return result<void>{};
    bytes who{1};
    append_text(who, through.user);
    append_text(who, through.password);
    const auto admitted = co_await exchange(peer, std::move(who), 2);
    if (!admitted)
        co_return admitted.error();
    co_return admitted->at(1) == succeeded ? result<void>{} : refused("it does not know the user");
}

awaitable<result<void>> ask_socks5(tcp::socket& peer, const proxy& through, const url& server) {
    if (const auto greeted = co_await greet(peer, through); !greeted)
        co_return greeted.error();
    bytes request{socks5, connect_command, 0};
    append_address(request, server.host);
    request.push_back(static_cast<std::uint8_t>(server.port >> 8U));
    request.push_back(static_cast<std::uint8_t>(server.port & 0xFFU));
    // Its answer bears an address whose length stands in the fifth byte, or follows from the
    // fourth.
    const auto head = co_await exchange(peer, std::move(request), 5);
    if (!head)
        co_return head.error();
    if (head->at(0) != socks5 || head->at(1) != succeeded)
        co_return refused("SOCKS5 reply " + std::to_string(head->at(1)));
    const std::size_t rest = head->at(3) == of_ipv4   ? 3 + 2
                             : head->at(3) == of_ipv6 ? 15 + 2
                                                      : head->at(4) + 2U;
    const auto bound = co_await exchange(peer, bytes(), rest);
    co_return bound ? result<void>{} : bound.error();
}

// ---- URLs ---------------------------------------------------------------------------------------

constexpr std::size_t socks5_text_max = 255;

} // namespace

std::string proxy::to_string() const {
    const url place{.tls = false, .host = host, .port = port, .path = {}};
    return (speaks == protocol::connect ? "http://" : "socks5://") + place.authority();
}

result<proxy> parse_proxy(std::string_view text) {
    proxy out{.port = 80};
    if (text.starts_with("https://"))
        return error(errc::bad_proxy, "a proxy that is spoken to by TLS is not supported");
    if (text.starts_with("socks5://")) {
        out.speaks = proxy::protocol::socks5;
        out.port = 1080;
    } else if (!text.starts_with("http://")) {
        return errc::bad_proxy;
    }
    text.remove_prefix(text.find("//") + 2);
    if (const auto at = text.rfind('@', text.find('/')); at != std::string_view::npos) {
        const auto who = text.substr(0, at);
        const auto colon = std::min(who.find(':'), who.size());
        auto user = percent_decode(who.substr(0, colon));
        auto password = percent_decode(who.substr(std::min(colon + 1, who.size())));
        if (!user || !password || user->size() > socks5_text_max ||
            password->size() > socks5_text_max)
            return errc::bad_proxy;
        out.user = std::move(*user);
        out.password = std::move(*password);
        text.remove_prefix(at + 1);
    }
    const auto place = parse_url("http://" + std::string(text));
    if (!place || !place->path.empty() || place->host.size() > socks5_text_max)
        return errc::bad_proxy;
    const auto bracket = text.rfind(']');
    if (text.find(':', bracket == std::string_view::npos ? 0 : bracket) != std::string_view::npos)
        out.port = place->port;
    out.host = place->host;
    return out;
}

awaitable<result<void>> open_tunnel(tcp::socket& connected, const proxy& through,
                                    const url& server) {
    return through.speaks == proxy::protocol::connect ? ask_connect(connected, through, server)
                                                      : ask_socks5(connected, through, server);
}

} // namespace nodewall::http
