#include "base/sha256.hpp"

#include <openssl/evp.h>

#include <new>

namespace nodewall {

namespace {

// EVP_sha256() would be looked up by name at each start, which takes longer than a short digest.
const EVP_MD* algorithm() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return fetched;
}

} // namespace

struct sha256_hasher::context {
    EVP_MD_CTX* evp = EVP_MD_CTX_new();

    context() {
        if (evp == nullptr)
            throw std::bad_alloc();
        start();
    }
    ~context() { EVP_MD_CTX_free(evp); }
    context(const context&) = delete;
    context& operator=(const context&) = delete;

    void start() {
        if (EVP_DigestInit_ex2(evp, algorithm(), nullptr) != 1)
            throw std::bad_alloc();
    }
};

sha256_hasher::sha256_hasher() : context_(std::make_unique<context>()) {}
sha256_hasher::~sha256_hasher() = default;
sha256_hasher::sha256_hasher(sha256_hasher&&) noexcept = default;
sha256_hasher& sha256_hasher::operator=(sha256_hasher&&) noexcept = default;

void sha256_hasher::update(std::string_view bytes) {
    EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size());
}

sha256_digest sha256_hasher::finish() {
    sha256_digest digest{};
    EVP_DigestFinal_ex(context_->evp, digest.data(), nullptr);
    context_->start();
    return digest;
}

sha256_digest sha256(std::string_view bytes) {
    sha256_hasher hasher;
    hasher.update(bytes);
    return hasher.finish();
}

std::string to_hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    }
    return hex;
}

std::string to_hex(const sha256_digest& digest) {
    return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::optional<sha256_digest> digest_from_hex(std::string_view hex) {
    sha256_digest digest{};
    if (hex.size() != digest.size() * 2)
        return std::nullopt;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        const char c = hex[i];
        int value = 0;
        if (c >= '0' && c <= '9')
            value = c - '0';
        else if (c >= 'a' && c <= 'f')
            value = c - 'a' + 10;
        else if (c >= 'A' && c <= 'F')
            value = c - 'A' + 10;
        else
            return std::nullopt;
        digest[i / 2] = static_cast<std::uint8_t>(digest[i / 2] << 4 | value);
    }
    return digest;
}

} // namespace nodewall
