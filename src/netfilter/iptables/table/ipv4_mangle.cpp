// Table mangle of IPv4, through libip4tc.
#include "netfilter/iptables/table/iptc_snapshot.hpp"
#include "netfilter/iptables/table/mangle_family.hpp"

#include <libiptc/libiptc.h>

#include <sys/socket.h>

namespace nodewall::netfilter::iptables {

namespace {

struct ipv4_api {
    using format = ipv4_format;
    static constexpr auto program = "iptables";
    static constexpr auto modules = "ip_tables iptable_mangle";
    static constexpr int domain = AF_INET;
    static constexpr int level = IPPROTO_IP;
    static constexpr int match_revision = IPT_SO_GET_REVISION_MATCH;
    static constexpr int target_revision = IPT_SO_GET_REVISION_TARGET;

    static constexpr auto init = &iptc_init;
    static constexpr auto free = &iptc_free;
    static constexpr auto first_chain = &iptc_first_chain;
    static constexpr auto next_chain = &iptc_next_chain;
    static constexpr auto builtin = &iptc_builtin;
    static constexpr auto is_chain = &iptc_is_chain;
    static constexpr auto first_rule = &iptc_first_rule;
    static constexpr auto next_rule = &iptc_next_rule;
    static constexpr auto get_target = &iptc_get_target;
    static constexpr auto create_chain = &iptc_create_chain;
    static constexpr auto flush_entries = &iptc_flush_entries;
    static constexpr auto delete_chain = &iptc_delete_chain;
    static constexpr auto insert_entry = &iptc_insert_entry;
    static constexpr auto delete_num_entry = &iptc_delete_num_entry;
    static constexpr auto get_policy = &iptc_get_policy;
    static constexpr auto set_policy = &iptc_set_policy;
    static constexpr auto commit = &iptc_commit;
    static constexpr auto error_text = &iptc_strerror;
};

} // namespace

const mangle_family& ipv4_mangle() {
    static constexpr mangle_family functions{AF_INET, &iptc_snapshot<ipv4_api>::take,
                                             &iptc_snapshot<ipv4_api>::probe};
    return functions;
}

} // namespace nodewall::netfilter::iptables
