// Proxies on the way to a server, as a kubeconfig's proxy-url names them.
#pragma once

#include "async/awaitable.hpp"
#include "http/error.hpp"
#include "http/url.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace nodewall::http {

struct proxy {
    enum class protocol : std::uint8_t {
        connect, ///< HTTP's CONNECT (RFC 9110, section 9.3.6)
        socks5,  ///< RFC 1928, with RFC 1929 where there is a user; the proxy resolves names
    };
    protocol speaks = protocol::connect;
    std::string host; // a name or an address, without brackets
    std::uint16_t port = 0;
    std::string user;     // empty: none
    std::string password; // never printed

    /// "http://proxy:3128", without the user.
    std::string to_string() const;
    bool operator==(const proxy&) const = default;
};

/// "http://[USER:PASSWORD@]HOST[:PORT]", or socks5. An https proxy is errc::bad_proxy, named as
/// such. No error repeats the text, which may hold a password.
result<proxy> parse_proxy(std::string_view text);

/// Asks the proxy at the other end of `connected` for a way to the server: from then on the bytes
/// are the server's.
async::awaitable<result<void>> open_tunnel(boost::asio::ip::tcp::socket& connected,
                                           const proxy& through, const url& server);

} // namespace nodewall::http
