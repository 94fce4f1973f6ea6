#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "netfilter/iptables/kernel/refusal.hpp"

#include "ruleset/dataplane.hpp"

#include <linux/netfilter/ipset/ip_set.h>

#include <fmt/core.h>

#include <cerrno>
#include <system_error>

namespace nodewall::netfilter::iptables {

namespace {

std::string words_of(int errno_value) {
    switch (errno_value) {
    case IPSET_ERR_PROTOCOL:
        return "the kernel speaks another ipset protocol";
    case IPSET_ERR_FIND_TYPE:
        return "the kernel does not know this type of set";
    case IPSET_ERR_MAX_SETS:
        return "the kernel has as many sets as it can hold (ip_set.max_sets)";
    case IPSET_ERR_BUSY:
    case IPSET_ERR_REFERENCED:
        return "a rule still uses the set";
    case IPSET_ERR_INVALID_CIDR:
        return "the set's type takes no block of this size";
    case IPSET_ERR_TYPE_SPECIFIC:
        return "the set is full";
    default:
        return std::generic_category().message(errno_value);
    }
}

} // namespace

error refusal(std::string_view what, int errno_value) {
    return refusal(what, errno_value, words_of(errno_value));
}

error refusal(std::string_view what, int errno_value, std::string_view words) {
    const bool denied = errno_value == EPERM || errno_value == EACCES;
    return {denied ? ruleset::dataplane_errc::no_permission
                   : ruleset::dataplane_errc::kernel_refused,
            fmt::format("{}: {}", what, words)};
}

} // namespace nodewall::netfilter::iptables
