#include "kube/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <iterator>

namespace nodewall::kube {

namespace {

const unsigned char* in(const std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* out(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

} // namespace

std::string to_base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0'); // a NUL is written too
    const int size = EVP_EncodeBlock(out(text), in(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
                 [](char c) { return c != '\n' && c != '\r' && c != ' ' && c != '\t'; });
    if (digits.size() % 4 != 0)
        return std::nullopt;
    // OpenSSL decodes padding, wherever it stands, as zero bits.
    const auto end = std::min(digits.find('='), digits.size());
    const auto padding = digits.size() - end;
    if (padding > 2 || digits.find_first_not_of('=', end) != std::string::npos)
        return std::nullopt;
    std::string bytes(digits.size() / 4 * 3, '\0');
    if (EVP_DecodeBlock(out(bytes), in(digits), static_cast<int>(digits.size())) < 0)
        return std::nullopt;
    bytes.resize(bytes.size() - padding);
    return bytes;
}

} // namespace nodewall::kube
