// Texts as JSON has them.
#pragma once

#include <string>
#include <string_view>

namespace nodewall {

/// Appends `text` (UTF-8) with its quotes. Always the same spelling: what need not be escaped
/// stands as it is, a line end is \n, a tab is \t, any other control character is \u00XX.
void append_json_string(std::string_view text, std::string& to);

} // namespace nodewall
