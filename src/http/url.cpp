#include "http/url.hpp"

#include <algorithm>
#include <charconv>

namespace nodewall::http {

namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

bool unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool host_character(char c) {
    return unreserved(c) || c == ':';
}

/// Cuts the host off the authority; what is left is empty or ":port".
std::optional<std::string_view> take_host(std::string_view& authority) {
    std::string_view host;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos)
            return std::nullopt;
        host = authority.substr(1, end - 1);
        authority.remove_prefix(end + 1);
    } else {
        host = authority.substr(0, authority.find(':'));
        authority.remove_prefix(host.size());
    }
    for (const char c : host)
        if (!host_character(c))
            return std::nullopt;
    return host.empty() ? std::nullopt : std::optional(host);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (problem != std::errc{} || end != text.data() + text.size() || port == 0)
        return std::nullopt;
    return port;
}

} // namespace

result<url> parse_url(std::string_view text) {
    url out;
    if (text.starts_with("https://")) {
        text.remove_prefix(8);
    } else if (text.starts_with("http://")) {
        text.remove_prefix(7);
        out.tls = false;
        out.port = 80;
    } else {
        return errc::bad_url;
    }
    auto authority = text.substr(0, text.find('/'));
    auto path = text.substr(authority.size());
    const auto host = take_host(authority);
    if (!host || path.find_first_of("?# \t\r\n") != std::string_view::npos)
        return errc::bad_url;
    out.host = *host;
    if (!authority.empty()) {
        const auto port =
            authority.starts_with(':') ? parse_port(authority.substr(1)) : std::nullopt;
        if (!port)
            return errc::bad_url;
        out.port = *port;
    }
    while (path.ends_with('/'))
        path.remove_suffix(1);
    out.path = path;
    return out;
}

std::string url::authority() const {
    const bool ipv6 = host.find(':') != std::string::npos;
    return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string url::to_string() const {
    return (tls ? "https://" : "http://") + authority() + path;
}

std::string percent_encode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += hex_digits[byte >> 4U];
        out += hex_digits[byte & 15U];
    }
    return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const bool whole = i + 2 < text.size();
        const int high = whole ? hex_value(text[i + 1]) : -1;
        const int low = whole ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::string_view target::get(std::string_view name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::string_view{} : found->second;
}

result<target> parse_target(std::string_view text) {
    target out;
    const auto mark = text.find('?');
    auto path = percent_decode(text.substr(0, mark));
    if (!path || !path->starts_with('/'))
        return errc::bad_message;
    out.path = std::move(*path);
    auto rest = mark == std::string_view::npos ? std::string_view{} : text.substr(mark + 1);
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = percent_decode(pair.substr(0, equals));
        auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value)
            return errc::bad_message;
        out.query.insert_or_assign(std::move(*name), std::move(*value));
    }
    return out;
}

} // namespace nodewall::http
