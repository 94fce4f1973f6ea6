// A text that holds one JSON object after the other, on lines of their own or not. Private to
// codec/.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace nodewall::codec {

struct located_text {
    std::string_view text;
    std::size_t line = 1; // where it begins
};

/// The extents of the objects, found by their braces alone: each is still to be parsed, and the
/// last may be cut. Nothing where the text is anything but a sequence of `{...}`.
std::optional<std::vector<located_text>> split_json_objects(std::string_view text);

} // namespace nodewall::codec
