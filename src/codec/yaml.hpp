// YAML to JSON, with the scalars of YAML 1.1 as kubectl reads them (y/n/yes/no/on/off are booleans,
// 010 is octal, quoted scalars are strings). Aliases are bounded: no document grows beyond
// limits::frame_bytes_max.
#pragma once

#include "base/error.hpp"

#include <boost/json/value.hpp>

#include <string_view>
#include <vector>

namespace nodewall::codec {

/// Every document of the stream, empty ones left out; UTF-8, or UTF-16 that begins with its mark.
/// JSON is YAML too.
result<std::vector<boost::json::value>> parse_yaml(std::string_view text);

} // namespace nodewall::codec
