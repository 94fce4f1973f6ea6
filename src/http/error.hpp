// What can go wrong between here and an HTTP peer.
#pragma once

#include "base/error.hpp"

#include <cstdint>

namespace nodewall::http {

enum class errc : std::uint8_t {
    bad_url = 1,     ///< not scheme://host[:port][/path] with http, https
    cannot_resolve,  ///< the host's name has no address
    cannot_connect,  ///< no address of the peer takes the connection
    timed_out,       ///< the peer did not answer within the time limit
    untrusted,       ///< the peer's certificate is not from the given CA or not for this name
    tls_failed,      ///< the TLS handshake failed otherwise
    bad_credentials, ///< a CA certificate, client certificate or key cannot be used
    closed,          ///< the peer closed the connection in the middle
    bad_message,     ///< what the peer sent is not HTTP/1.1
    too_large,       ///< the peer's message is over the limit
    cannot_listen,   ///< the address or path to listen on cannot be had
    in_use,          ///< another process answers there
    bad_proxy,       ///< not the URL of a proxy that can be used
    proxy_refused,   ///< the proxy on the way does not lead to the server
    io,              ///< any other failure of the connection
};
const char* error_domain(errc);
const char* describe(errc);

} // namespace nodewall::http
