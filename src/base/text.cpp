#include "base/text.hpp"

#include <fmt/core.h>

#include <cstdint>

namespace nodewall {

namespace {

constexpr std::uint32_t no_character = 0xffffffff;

struct character {
    std::uint32_t code; // no_character: bytes that are no UTF-8
    std::size_t bytes;
};

/// The one that `text`, which is not empty, begins with.
character first_of(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t bytes = lead < 0x80   ? 1
                              : lead < 0xc2 ? 0
                              : lead < 0xe0 ? 2
                              : lead < 0xf0 ? 3
                              : lead < 0xf5 ? 4
                                            : 0;
    if (bytes == 0 || bytes > text.size())
        return {no_character, 1};
    auto code = bytes == 1 ? lead : static_cast<std::uint32_t>(lead & (0x7fU >> bytes));
    for (std::size_t i = 1; i < bytes; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0U) != 0x80)
            return {no_character, 1};
        code = code << 6U | (next & 0x3fU);
    }
    return {code, bytes};
}

/// Beyond ASCII's own: DEL, C1, line and paragraph separators, and whatever turns the direction of
/// writing.
bool steers(std::uint32_t code) {
    return (code >= 0x7f && code <= 0x9f) || code == 0x61c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

std::string escaped(std::string_view text, std::string_view kept) {
    std::string safe;
    safe.reserve(text.size());
    while (!text.empty()) {
        const auto [code, bytes] = first_of(text);
        if (code == no_character)
            safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
        else if (code < 0x20 && kept.find(text[0]) == std::string_view::npos)
            safe += fmt::format("\\x{:02x}", code);
        else if (steers(code))
            safe += fmt::format("\\u{:04x}", code);
        else
            safe += text.substr(0, bytes);
        text.remove_prefix(bytes);
    }
    return safe;
}

} // namespace

std::string printable(std::string_view text) {
    return escaped(text, {});
}

std::string printable_lines(std::string_view text) {
    return escaped(text, "\n\t");
}

} // namespace nodewall
