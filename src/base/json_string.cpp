#include "base/json_string.hpp"

#include <array>
#include <cstddef>

namespace nodewall {

namespace {

/// For each byte, whether a JSON string must escape it.
constexpr auto escaped_bytes = [] {
    std::array<bool, 256> escaped{};
    for (std::size_t byte = 0; byte < 0x20; ++byte)
        escaped[byte] = true;
    escaped['"'] = escaped['\\'] = true;
    return escaped;
}();

} // namespace

void append_json_string(std::string_view text, std::string& to) {
    static constexpr char digits[] = "0123456789abcdef";
    to += '"';
    std::size_t written = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (!escaped_bytes[byte])
            continue;
        to.append(text, written, i - written);
        written = i + 1;
        to += '\\';
        if (byte >= 0x20)
            to += text[i];
        else if (byte == '\n')
            to += 'n';
        else if (byte == '\t')
            to += 't';
        else
            to.append({'u', '0', '0', digits[byte >> 4], digits[byte & 15]});
    }
    to.append(text, written);
    to += '"';
}

} // namespace nodewall
