// Plain scalars of YAML 1.1 as kubectl reads them. Private to codec/.
#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

namespace nodewall::codec {

/// null (empty, ~, null), booleans (y, yes, on, true and their opposites, in three cases),
/// integers (decimal, 0x, 0o, 0b, octal by a leading 0; underscores are ignored), floats (whole
/// ones as integers); everything else is a string. Nothing for .inf and .nan, which JSON cannot
/// say.
std::optional<boost::json::value> read_plain_scalar(std::string_view text);

} // namespace nodewall::codec
