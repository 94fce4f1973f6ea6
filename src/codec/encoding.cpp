#include "codec/encoding.hpp"

#include "codec/json_reader.hpp"

#include <boost/locale/encoding_utf.hpp>

#include <cstddef>

namespace nodewall::codec {

namespace {

/// Two bytes a unit, the mark left out; an odd byte at the end makes it broken.
result<std::string> from_utf16(std::string_view text, bool big_endian) {
    const auto broken = [] { return error(errc::not_yaml, "broken UTF-16"); };
    if (text.size() % 2 != 0)
        return broken();
    std::u16string units;
    units.reserve(text.size() / 2);
    for (std::size_t i = 2; i < text.size(); i += 2) {
        const auto first = static_cast<unsigned char>(text[i]);
        const auto second = static_cast<unsigned char>(text[i + 1]);
        units += static_cast<char16_t>(big_endian ? first << 8U | second : second << 8U | first);
    }
    try {
        return boost::locale::conv::utf_to_utf<char>(units, boost::locale::conv::stop);
    } catch (const boost::locale::conv::conversion_error&) {
        return broken();
    }
}

bool begins_line(std::string_view text, std::size_t at) {
    return at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r';
}

std::string without_marks(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    std::size_t done = 0;
    for (auto at = text.find(byte_order_mark); at != std::string_view::npos;
         at = text.find(byte_order_mark, at + byte_order_mark.size()))
        if (begins_line(text, at)) {
            plain.append(text, done, at - done);
            done = at + byte_order_mark.size();
        }
    return plain.append(text.substr(done));
}

} // namespace

result<std::string_view> as_plain_utf8(std::string_view text, std::string& storage) {
    const bool big_endian = text.starts_with("\xfe\xff");
    if (big_endian || text.starts_with("\xff\xfe")) {
        auto converted = from_utf16(text, big_endian);
        if (!converted)
            return converted.error();
        storage = std::move(*converted);
        text = storage;
    }
    if (text.find(byte_order_mark) != std::string_view::npos) {
        auto plain = without_marks(text);
        storage = std::move(plain);
        text = storage;
    }
    return text;
}

} // namespace nodewall::codec
