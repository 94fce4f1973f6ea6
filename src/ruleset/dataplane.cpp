#include "ruleset/dataplane.hpp"

namespace nodewall::ruleset {

const char* error_domain(dataplane_errc) {
    return "dataplane";
}

const char* describe(dataplane_errc value) {
    switch (value) {
    case dataplane_errc::busy:
        return "another program holds the xtables lock";
    case dataplane_errc::no_permission:
        return "no permission to change netfilter (needs CAP_NET_ADMIN and CAP_NET_RAW)";
    case dataplane_errc::no_legacy_tables:
        return "the kernel has no legacy iptables mangle table";
    case dataplane_errc::no_set_type:
        return "the kernel lacks a type of ipset";
    case dataplane_errc::no_match:
        return "the kernel lacks a match of iptables";
    case dataplane_errc::foreign:
        return "something that is not nodewall's bears a name of nodewall's";
    case dataplane_errc::kernel_refused:
        return "the kernel refused";
    }
    return "unknown error";
}

} // namespace nodewall::ruleset
