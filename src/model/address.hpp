// IP addresses, CIDR blocks, and exact unions of blocks.
// IPv4-mapped IPv6 (::ffff:a.b.c.d) counts as IPv4 everywhere (SEMANTICS section 2, ipBlock).
#pragma once

#include "base/error.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <endian.h>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::model {

enum class family : std::uint8_t { ipv4, ipv6 };
inline constexpr std::array families{family::ipv4, family::ipv6};

/// "ipv4", "ipv6".
std::string_view to_string(family f);
/// 32 or 128.
unsigned address_bits(family f);

class ip_address {
public:
    ip_address() = default;
    /// `bytes` in network order, 4 or 16 of them; 16 mapped bytes give an IPv4 address.
    static ip_address from_bytes(family f, const std::uint8_t* bytes);
    /// The same for arithmetic on addresses: bytes of IPv6 stay IPv6, whatever they are.
    static ip_address from_raw(family f, const std::uint8_t* bytes);
    /// As the API server reads it: octets and groups may begin with zeros, which mean nothing
    /// (203.0.113.010 is 203.0.113.10).
    static result<ip_address> parse(std::string_view text);
    /// 0.0.0.0, ::.
    static ip_address zero(family f);

    family fam() const noexcept { return family_; }
    /// Network order; 4 or 16 bytes.
    const std::uint8_t* data() const noexcept { return bytes_.data(); }
    std::size_t size() const noexcept { return family_ == family::ipv4 ? 4 : 16; }
    std::string to_string() const;
    void append_to(std::string& text) const; // the same

    // Not defaulted: bytes would be compared by calls, and addresses are in the largest maps.
    friend bool operator==(const ip_address& a, const ip_address& b) noexcept {
        return (a <=> b) == 0;
    }
    friend std::strong_ordering operator<=>(const ip_address& a, const ip_address& b) noexcept {
        if (const auto order = a.family_ <=> b.family_; order != 0)
            return order;
        if (const auto order = a.half(0) <=> b.half(0); order != 0)
            return order;
        return a.half(1) <=> b.half(1);
    }

private:
    /// The first or the last eight bytes as a number.
    std::uint64_t half(std::size_t which) const noexcept {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, bytes_.data() + which * sizeof bytes, sizeof bytes);
        return be64toh(bytes);
    }

    family family_ = family::ipv4;
    std::array<std::uint8_t, 16> bytes_{}; // the unused tail is zero
};

/// A block with its host bits cleared.
struct cidr {
    ip_address address;
    std::uint8_t prefix = 0;

    /// A block of one address.
    static cidr host(const ip_address& address);
    static cidr of(const ip_address& address, unsigned prefix);
    /// 0.0.0.0/0, ::/0.
    static cidr everything(family f) { return of(ip_address::zero(f), 0); }
    /// "10.0.0.0/8", "fd00::/8"; host bits are ignored. A bare address is refused.
    static result<cidr> parse(std::string_view text);

    family fam() const noexcept { return address.fam(); }
    ip_address last() const;
    bool contains(const ip_address& a) const;
    std::string to_string() const;
    void append_to(std::string& text) const; // the same

    auto operator<=>(const cidr&) const = default;
};

/// The block whose pods are looked after together, so that a pod that comes or goes concerns a
/// small part of what many share: the /24 or /120 that holds the address.
cidr members_block(const ip_address& address);

/// A block without the addresses of others inside it.
struct ip_block {
    cidr block;
    std::vector<cidr> except;
    bool contains(const ip_address& a) const;
    auto operator<=>(const ip_block&) const = default;
};

/// A set of addresses of one family: read as the fewest disjoint blocks that cover exactly its
/// addresses. Order of additions never matters.
class address_set {
public:
    explicit address_set(family f) : family_(f) {}
    /// The union of the blocks of that family; n log n in their number.
    static address_set of(family f, std::vector<cidr> blocks);
    /// The same of blocks with exceptions, which are taken out of their own block only; n log n in
    /// the number of both.
    static address_set of(family f, const std::vector<ip_block>& blocks);

    family fam() const noexcept { return family_; }
    /// Blocks of the other family are ignored.
    void add(const cidr& block);
    void add(const address_set& other);
    /// Takes the block, or all of the other set, out of what was added so far.
    void remove(const cidr& block);
    void remove(const address_set& other);

    bool empty() const noexcept { return ranges_.empty(); }
    bool contains(const ip_address& a) const;
    /// Whether every address of the family is in the set.
    bool everything() const;
    /// The fewest disjoint blocks, ascending. The whole family is one block (/0); a backend whose
    /// sets take none splits it.
    std::vector<cidr> blocks() const;
    std::size_t block_count() const;

    friend bool operator==(const address_set&, const address_set&) = default;

private:
    struct range {
        ip_address first;
        ip_address last;
        friend bool operator==(const range&, const range&) = default;
    };
    using range_list = std::vector<range>;
    static range_list united(range_list sorted);

    family family_;
    range_list ranges_; // disjoint, not adjacent, ascending
};

enum class address_errc : std::uint8_t { not_an_address = 1, not_a_cidr };
const char* error_domain(address_errc);
const char* describe(address_errc);

} // namespace nodewall::model
