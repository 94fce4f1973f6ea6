// Making connections to one server.
#pragma once

#include "async/byte_stream.hpp"
#include "http/tls.hpp"
#include "http/url.hpp"

#include <functional>
#include <memory>

namespace nodewall::http {

/// Each call opens a new connection; whoever calls it limits its time. A simulation gives one that
/// hands out pipes.
using dialer = std::function<async::awaitable<result<std::unique_ptr<async::byte_stream>>>()>;

/// TCP with keepalive, and TLS where the URL says so: the server's certificate must come from the
/// given authorities and bear the server's name or address. Each address of the host is tried in
/// turn. Errors name the server.
result<dialer> make_dialer(url server, const tls_settings& tls);

/// Over the Unix socket at `path`. Errors name it.
dialer make_local_dialer(std::string path);

} // namespace nodewall::http
