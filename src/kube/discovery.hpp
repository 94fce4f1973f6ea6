// Which version of an API group to use, from the server's discovery document.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nodewall::kube {

/// `document` is what /apis/GROUP answers (an APIGroup). Its preferred version if that is among
/// `known`, else the first of `known` that it serves, else nothing.
std::optional<std::string> pick_version(std::string_view document,
                                        std::span<const std::string_view> known);

} // namespace nodewall::kube
