// Text from outside on its way to a person.
#pragma once

#include <string>
#include <string_view>

namespace nodewall {

/// Control characters as \xNN: nothing breaks a line or steers a terminal.
std::string printable(std::string_view text);

} // namespace nodewall
