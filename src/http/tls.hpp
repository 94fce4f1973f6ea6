// What a client needs to speak TLS with one server.
#pragma once

#include "http/error.hpp"

#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace nodewall::http {

struct tls_settings {
    std::string ca_pem;          // trusted authorities, intermediate ones too; empty: the system's
    std::string certificate_pem; // the client's, with its chain; empty: none
    std::string key_pem;         // the client's; never printed
    std::string server_name; // asked for and checked in place of the URL's host; empty: the host
    bool insecure = false;   // the server's certificate is not checked at all

    bool operator==(const tls_settings&) const = default;
};

/// TLS 1.2 or newer. errc::bad_credentials names the PEM that cannot be used.
result<std::shared_ptr<boost::asio::ssl::context>>
make_client_context(const tls_settings& settings);

} // namespace nodewall::http
