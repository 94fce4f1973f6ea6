// Text from outside on its way to a person.
#pragma once

#include <string>
#include <string_view>

namespace nodewall {

/// Control characters as \xNN and \uNNNN: nothing breaks a line, steers a terminal (C0, DEL, C1),
/// or shows in another order than it is in (the bidirectional controls of Unicode). Bytes that are
/// no UTF-8 and that terminals take for C1 are \xNN too. Printing it again changes nothing.
std::string printable(std::string_view text);
/// The same, with its line ends and tabs. What is JSON stays JSON of the same content.
std::string printable_lines(std::string_view text);

} // namespace nodewall
