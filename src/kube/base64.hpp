// Base64 (RFC 4648, section 4), by OpenSSL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nodewall::kube {

std::string to_base64(std::string_view bytes);

/// Line ends and spaces are passed over; anything else that is not base64 is nothing.
std::optional<std::string> from_base64(std::string_view text);

} // namespace nodewall::kube
