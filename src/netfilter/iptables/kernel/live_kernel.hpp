// The kernel of the current network namespace: mangle tables through libiptc, sets by netlink,
// under the xtables lock.
#pragma once

#include "netfilter/iptables/kernel/port.hpp"

#include <memory>
#include <string>

namespace nodewall::netfilter::iptables {

/// `xtables_lock`: iptables' own file; XTABLES_LOCKFILE overrides it.
std::unique_ptr<kernel_port> open_live_kernel(std::string xtables_lock);

} // namespace nodewall::netfilter::iptables
