// The kernel of the current network namespace: mangle tables through libiptc, sets through
// libipset, under the xtables lock.
#pragma once

#include "model/dataplane.hpp"

#include <memory>
#include <string>

namespace nodewall::netfilter {

struct kernel_options {
    std::string xtables_lock = "/run/xtables.lock"; // iptables' own: XTABLES_LOCKFILE overrides it
};

std::unique_ptr<model::dataplane> open_kernel(kernel_options options);

/// Removes every chain, jump and set that begins with NW-, in both families.
result<void> reset_kernel(model::dataplane& kernel);

} // namespace nodewall::netfilter
