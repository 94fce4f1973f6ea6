#include "codec/json_values.hpp"

#include "codec/encoding.hpp"

#include <algorithm>

namespace nodewall::codec {

namespace {

/// The end of the string whose opening quote stands at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\')
            ++at;
    return std::min(at + 1, text.size());
}

/// The end of the object that begins the text.
std::size_t end_of_object(std::string_view text) {
    std::size_t depth = 0;
    std::size_t at = 0;
    while ((at = text.find_first_of("{}\"", at)) != std::string_view::npos) {
        if (text[at] == '"') {
            at = end_of_string(text, at);
            continue;
        }
        depth = text[at] == '{' ? depth + 1 : depth - 1;
        ++at;
        if (depth == 0)
            return at;
    }
    return text.size();
}

/// Byte order marks count as white space: files that are written one behind the other may have one
/// each, with no line end between them.
std::size_t white_space_at_front(std::string_view text) {
    std::size_t at = 0;
    for (;;) {
        at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
        if (!text.substr(at).starts_with(byte_order_mark))
            return at;
        at += byte_order_mark.size();
    }
}

} // namespace

std::optional<std::vector<located_text>> split_json_objects(std::string_view text) {
    std::vector<located_text> objects;
    std::size_t line = 1;
    const auto skip = [&](std::size_t count) {
        const auto skipped = text.substr(0, count);
        line += static_cast<std::size_t>(std::count(skipped.begin(), skipped.end(), '\n'));
        text.remove_prefix(skipped.size());
    };
    for (;;) {
        skip(white_space_at_front(text));
        if (text.empty())
            break;
        if (text.front() != '{')
            return std::nullopt;
        const auto size = end_of_object(text);
        objects.push_back({.text = text.substr(0, size), .line = line});
        skip(size);
    }
    if (objects.empty())
        return std::nullopt;
    return objects;
}

} // namespace nodewall::codec
