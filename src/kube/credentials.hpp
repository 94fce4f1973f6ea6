// Values of the Authorization header.
#pragma once

#include "kube/error.hpp"

#include <string>
#include <string_view>

namespace nodewall::kube {

/// White space around the token is not part of it. A token that is empty or no single line is an
/// error, which names `place`.
result<std::string> bearer(std::string_view token, std::string_view place);

/// RFC 7617.
result<std::string> basic(std::string_view name, std::string_view password);

} // namespace nodewall::kube
