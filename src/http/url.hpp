// URLs of servers, and request targets, as far as the Kubernetes API uses them (RFC 3986).
#pragma once

#include "http/error.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall::http {

struct url {
    bool tls = true;  // https
    std::string host; // a name or an address, without brackets
    std::uint16_t port = 443;
    std::string path; // a prefix for every target: empty, or "/x" without a slash at its end

    /// "https://host:port/path".
    std::string to_string() const;
    /// "host:port", the host in brackets where it is an IPv6 address: the Host header.
    std::string authority() const;
    bool operator==(const url&) const = default;
};

/// "https://10.0.0.1:6443", "http://[::1]:8080/prefix". User names and queries are refused; no
/// error repeats the text, which may hold a password.
result<url> parse_url(std::string_view text);

/// Escapes everything but RFC 3986's unreserved characters.
std::string percent_encode(std::string_view text);
/// nullopt where an escape is not two hex digits.
std::optional<std::string> percent_decode(std::string_view text);

/// A request's target: "/api/v1/pods?limit=500".
struct target {
    std::string path; // decoded
    std::map<std::string, std::string, std::less<>> query;

    /// The value of `name`, empty where it is absent.
    std::string_view get(std::string_view name) const;
};
result<target> parse_target(std::string_view text);

} // namespace nodewall::http
