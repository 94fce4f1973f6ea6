#include "http/error.hpp"

namespace nodewall::http {

const char* error_domain(errc) {
    return "http";
}

const char* describe(errc e) {
    switch (e) {
    case errc::bad_url:
        return "not a URL of the form http[s]://HOST[:PORT][/PATH]";
    case errc::cannot_resolve:
        return "the host's name has no address";
    case errc::cannot_connect:
        return "cannot connect";
    case errc::timed_out:
        return "no answer within the time limit";
    case errc::untrusted:
        return "the server's certificate is not to be trusted";
    case errc::tls_failed:
        return "the TLS handshake failed";
    case errc::bad_credentials:
        return "a certificate or key cannot be used";
    case errc::closed:
        return "the peer closed the connection too early";
    case errc::bad_message:
        return "the peer's message is not HTTP/1.1";
    case errc::too_large:
        return "the peer's message is too large";
    case errc::cannot_listen:
        return "cannot listen there";
    case errc::in_use:
        return "another process answers there";
    case errc::bad_proxy:
        return "not a proxy of the form http://HOST[:PORT] or socks5://HOST[:PORT]";
    case errc::proxy_refused:
        return "the proxy does not lead to the server";
    case errc::io:
        return "the connection failed";
    }
    return "unknown";
}

} // namespace nodewall::http
