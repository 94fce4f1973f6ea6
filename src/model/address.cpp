#include "model/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace nodewall::model {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// The decimal text of a byte.
struct octet_text {
    std::array<char, 3> text{};
    std::uint8_t size = 0;
};

constexpr auto octets = [] {
    std::array<octet_text, 256> all{};
    for (unsigned number = 0; number < all.size(); ++number) {
        auto& octet = all[number];
        for (unsigned unit = 100; unit > 0; unit /= 10)
            if (number >= unit || unit == 1)
                octet.text[octet.size++] = static_cast<char>('0' + number / unit % 10);
    }
    return all;
}();

using address_text = std::array<char, INET6_ADDRSTRLEN>; // ends with a NUL

/// "203.0.113.010" as "203.0.113.10", which inet_pton() takes; nothing for what is too long to be
/// an address, or holds a NUL.
std::optional<address_text> without_leading_zeros(std::string_view text) {
    address_text plain{};
    std::size_t size = 0;
    bool within = false; // a number, some of which is written already
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool separates = text[i] == '.' || text[i] == ':';
        const bool last = i + 1 == text.size() || text[i + 1] == '.' || text[i + 1] == ':';
        if (text[i] == '0' && !within && !last)
            continue;
        if (text[i] == '\0' || size + 1 == plain.size())
            return std::nullopt;
        plain[size++] = text[i];
        within = !separates;
    }
    return plain;
}

/// `address` with the bits behind `prefix` all zero or all one.
ip_address with_host_bits(const ip_address& address, unsigned prefix, bool ones) {
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), address.data(), address.size());
    for (std::size_t i = 0; i < address.size(); ++i) {
        const auto kept = std::clamp<int>(static_cast<int>(prefix) - static_cast<int>(i) * 8, 0, 8);
        const auto host = static_cast<std::uint8_t>(0xffU >> static_cast<unsigned>(kept));
        bytes[i] = static_cast<std::uint8_t>(ones ? bytes[i] | host : bytes[i] & ~host);
    }
    return ip_address::from_raw(address.fam(), bytes.data());
}

} // namespace

std::string_view to_string(family f) {
    return f == family::ipv4 ? "ipv4" : "ipv6";
}
unsigned address_bits(family f) {
    return f == family::ipv4 ? 32 : 128;
}

const char* error_domain(address_errc) {
    return "address";
}
const char* describe(address_errc value) {
    return value == address_errc::not_an_address ? "not an IP address" : "not a CIDR block";
}

ip_address ip_address::from_bytes(family f, const std::uint8_t* bytes) {
    if (f == family::ipv6 && std::memcmp(bytes, mapped_prefix.data(), mapped_prefix.size()) == 0)
        return from_raw(family::ipv4, bytes + mapped_prefix.size());
    return from_raw(f, bytes);
}

ip_address ip_address::from_raw(family f, const std::uint8_t* bytes) {
    ip_address address;
    address.family_ = f;
    std::memcpy(address.bytes_.data(), bytes, address.size());
    return address;
}

ip_address ip_address::zero(family f) {
    ip_address address;
    address.family_ = f;
    return address;
}

result<ip_address> ip_address::parse(std::string_view text) {
    std::array<std::uint8_t, 16> bytes{};
    if (const auto plain = without_leading_zeros(text)) {
        if (inet_pton(AF_INET, plain->data(), bytes.data()) == 1)
            return from_bytes(family::ipv4, bytes.data());
        if (inet_pton(AF_INET6, plain->data(), bytes.data()) == 1)
            return from_bytes(family::ipv6, bytes.data());
    }
    return error(address_errc::not_an_address, "'" + std::string(text.substr(0, 100)) + "'");
}

std::string ip_address::to_string() const {
    std::string text;
    append_to(text);
    return text;
}

void ip_address::append_to(std::string& text) const {
    std::array<char, INET6_ADDRSTRLEN> written{};
    if (family_ == family::ipv4) { // inet_ntop's printf shows in rulesets of many members
        auto* end = written.data();
        for (std::size_t i = 0; i < size(); ++i) {
            const auto& octet = octets[bytes_[i]];
            std::memcpy(end, octet.text.data(), octet.text.size());
            end += octet.size;
            *end++ = '.';
        }
        text.append(written.data(), end - 1);
        return;
    }
    inet_ntop(AF_INET6, bytes_.data(), written.data(), written.size());
    text += written.data();
}

cidr cidr::host(const ip_address& address) {
    return {address, static_cast<std::uint8_t>(address_bits(address.fam()))};
}

cidr cidr::of(const ip_address& address, unsigned prefix) {
    prefix = std::min(prefix, address_bits(address.fam()));
    return {with_host_bits(address, prefix, false), static_cast<std::uint8_t>(prefix)};
}

result<cidr> cidr::parse(std::string_view text) {
    const auto bad = [&] {
        return error(address_errc::not_a_cidr, "'" + std::string(text.substr(0, 100)) + "'");
    };
    const auto slash = text.find('/');
    if (slash == std::string_view::npos)
        return bad();
    const auto written = text.substr(0, slash);
    const auto digits = text.substr(slash + 1);
    const auto address = ip_address::parse(written);
    unsigned prefix = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (!address || failure != std::errc{} || end != digits.data() + digits.size())
        return bad();
    // ::ffff:a.b.c.d/120 is a.b.c.d/24.
    const bool mapped =
        address->fam() == family::ipv4 && written.find(':') != std::string_view::npos;
    if (mapped && prefix >= 96)
        prefix -= 96;
    else if (mapped)
        return bad();
    if (prefix > address_bits(address->fam()))
        return bad();
    return of(*address, prefix);
}

ip_address cidr::last() const {
    return with_host_bits(address, prefix, true);
}

bool cidr::contains(const ip_address& a) const {
    return a.fam() == fam() && with_host_bits(a, prefix, false) == address;
}

std::string cidr::to_string() const {
    std::string text;
    append_to(text);
    return text;
}

void cidr::append_to(std::string& text) const {
    address.append_to(text);
    text += '/';
    text += std::to_string(prefix);
}

bool ip_block::contains(const ip_address& a) const {
    return block.contains(a) &&
           std::none_of(except.begin(), except.end(), [&](const cidr& e) { return e.contains(a); });
}

cidr members_block(const ip_address& address) {
    return cidr::of(address, address.fam() == family::ipv4 ? 24 : 120);
}

} // namespace nodewall::model
