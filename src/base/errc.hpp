// The errors of base/ itself.
#pragma once

#include <cstdint>

namespace nodewall {

enum class errc : std::uint8_t {
    bad_time = 1, ///< a text that is no RFC 3339 time
};
const char* error_domain(errc);
const char* describe(errc);

} // namespace nodewall
