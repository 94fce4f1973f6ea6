// Making connections to one server.
#pragma once

#include "async/byte_stream.hpp"
#include "async/clock.hpp"
#include "http/proxy.hpp"
#include "http/tls.hpp"
#include "http/url.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace nodewall::http {

/// Each call opens a new connection; whoever calls it limits its time. A simulation gives one that
/// hands out pipes.
using dialer = std::function<async::awaitable<result<std::unique_ptr<async::byte_stream>>>()>;

/// A server, and how it is reached.
struct destination {
    url server;
    tls_settings tls;
    std::optional<proxy> through; // nothing: straight
    bool operator==(const destination&) const = default;
};

/// TCP with keepalive, and TLS where the URL says so: the server's certificate must come from the
/// given authorities and bear the server's name or address. All addresses of the host are tried
/// (connect.hpp); a connection that brought no answer has the next one begin with another of them.
/// Errors name the server, and the proxy where that is in the way.
/// The clock outlives the dialer.
result<dialer> make_dialer(destination to, async::clock& time);

/// Over the Unix socket at `path`. Errors name it.
dialer make_local_dialer(std::string path);

} // namespace nodewall::http
