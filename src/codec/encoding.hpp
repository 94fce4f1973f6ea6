// The encodings of files that kubectl takes. Private to codec/.
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace nodewall::codec {

inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf"; // U+FEFF in UTF-8

/// The text as UTF-8 without byte order marks. UTF-16 is told by its mark, as PowerShell writes it.
/// A mark is no content where a line begins with it: YAML allows one before each document, and a
/// rendered chart has each template's behind a line of comment. Refers to `text`, or to `storage`
/// where something had to be changed.
result<std::string_view> as_plain_utf8(std::string_view text, std::string& storage);

} // namespace nodewall::codec
