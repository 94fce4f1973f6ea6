// The kernel's answers as errors of the dataplane.
#pragma once

#include "base/error.hpp"

#include <string_view>

namespace nodewall::netfilter::iptables {

/// EPERM and EACCES mean that a capability is missing; anything else is `kernel_refused` with the
/// words of errno (ipset's own numbers, from 4096 up, included). `what` is what was tried.
error refusal(std::string_view what, int errno_value);
error refusal(std::string_view what, int errno_value, std::string_view words);

} // namespace nodewall::netfilter::iptables
