// Table mangle of IPv6, through libip6tc.
#include "netfilter/iptables/table/iptc_snapshot.hpp"
#include "netfilter/iptables/table/mangle_family.hpp"

extern "C" { // which this header, unlike libiptc.h, leaves to its user
#include <libiptc/libip6tc.h>
}

#include <sys/socket.h>

namespace nodewall::netfilter::iptables {

namespace {

struct ipv6_api {
    using format = ipv6_format;
    static constexpr auto program = "ip6tables";
    static constexpr auto modules = "ip6_tables ip6table_mangle";
    static constexpr int domain = AF_INET6;
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int match_revision = IP6T_SO_GET_REVISION_MATCH;
    static constexpr int target_revision = IP6T_SO_GET_REVISION_TARGET;

    static constexpr auto init = &ip6tc_init;
    static constexpr auto free = &ip6tc_free;
    static constexpr auto first_chain = &ip6tc_first_chain;
    static constexpr auto next_chain = &ip6tc_next_chain;
    static constexpr auto builtin = &ip6tc_builtin;
    static constexpr auto is_chain = &ip6tc_is_chain;
    static constexpr auto first_rule = &ip6tc_first_rule;
    static constexpr auto next_rule = &ip6tc_next_rule;
    static constexpr auto get_target = &ip6tc_get_target;
    static constexpr auto create_chain = &ip6tc_create_chain;
    static constexpr auto flush_entries = &ip6tc_flush_entries;
    static constexpr auto delete_chain = &ip6tc_delete_chain;
    static constexpr auto insert_entry = &ip6tc_insert_entry;
    static constexpr auto delete_num_entry = &ip6tc_delete_num_entry;
    static constexpr auto get_policy = &ip6tc_get_policy;
    static constexpr auto set_policy = &ip6tc_set_policy;
    static constexpr auto commit = &ip6tc_commit;
    static constexpr auto error_text = &ip6tc_strerror;
};

} // namespace

const mangle_family& ipv6_mangle() {
    static constexpr mangle_family functions{AF_INET6, &iptc_snapshot<ipv6_api>::take,
                                             &iptc_snapshot<ipv6_api>::probe};
    return functions;
}

} // namespace nodewall::netfilter::iptables
