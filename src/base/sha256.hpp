// SHA-256, by OpenSSL: of one text, or of bytes that come in pieces.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall {

using sha256_digest = std::array<std::uint8_t, 32>;

class sha256_hasher {
public:
    sha256_hasher();
    ~sha256_hasher();
    sha256_hasher(sha256_hasher&&) noexcept;
    sha256_hasher& operator=(sha256_hasher&&) noexcept;

    void update(std::string_view bytes);

    /// The digest of all bytes so far; the hasher then starts anew.
    sha256_digest finish();

private:
    struct context;
    std::unique_ptr<context> context_;
};

sha256_digest sha256(std::string_view bytes);

/// Lower-case hexadecimal.
std::string to_hex(const sha256_digest& digest);
std::string to_hex(std::string_view bytes);

/// The digest written in `hex` (64 digits of either case), or nothing.
std::optional<sha256_digest> digest_from_hex(std::string_view hex);

} // namespace nodewall
