#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "netfilter/iptables/xt/extension_bytes.hpp"
#include "netfilter/iptables/xt/extensions.hpp"

#include "base/limits.hpp"
#include "ruleset/dataplane.hpp"

#include <libiptc/libxtc.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>

#include <algorithm>
#include <cassert>

namespace nodewall::netfilter::iptables {

namespace {

template <class Info> Info& append_match(std::vector<std::byte>& out, const extension& kind) {
    return append_extension<xt_entry_match, Info>(out, kind);
}

void write_ports(const std::vector<std::uint16_t>& ports, xt_multiport_v1& info) {
    assert(ports.size() <= limits::multiport_slots);
    info.flags = XT_MULTIPORT_DESTINATION;
    info.count = static_cast<std::uint8_t>(ports.size());
    std::copy(ports.begin(), ports.end(), info.ports);
}

void write_mark(const mark_match& match, xt_mark_mtinfo1& info) {
    info.mark = match.value;
    info.mask = match.mask;
    info.invert = match.negated ? 1 : 0;
}

bool read_set(const xt_set_info_match_v4& info, const set_ids& ids, xt_rule& r) {
    set_match match{.negated = (info.match_set.flags & IPSET_INV_MATCH) != 0};
    if (!read_set_info(info.match_set, ids, match.set, match.directions))
        return false;
    r.sets.push_back(std::move(match));
    return true;
}

} // namespace

result<void> write_matches(const xt_rule& r, const set_ids& ids, std::vector<std::byte>& out) {
    if (r.destination_local)
        append_match<xt_addrtype_info_v1>(out, addrtype_extension).dest = XT_ADDRTYPE_LOCAL;
    if (r.original_direction)
        append_match<xt_conntrack_mtinfo3>(out, conntrack_extension).match_flags =
            XT_CONNTRACK_DIRECTION;
    if (!r.ports.empty())
        write_ports(r.ports, append_match<xt_multiport_v1>(out, multiport_extension));
    if (r.mark)
        write_mark(*r.mark, append_match<xt_mark_mtinfo1>(out, mark_match_extension));
    for (const auto& match : r.sets) {
        const auto id = ids.id_of(match.set);
        if (!id)
            return error(ruleset::dataplane_errc::kernel_refused, "no set " + match.set);
        auto& info = append_match<xt_set_info_match_v4>(out, set_match_extension);
        info.match_set = set_info(*id, match.directions);
        if (match.negated)
            info.match_set.flags |= IPSET_INV_MATCH;
    }
    return {};
}

bool read_match(const xt_entry_match& match, const set_ids& ids, xt_rule& r) {
    xt_addrtype_info_v1 addrtype;
    xt_conntrack_mtinfo3 conntrack;
    xt_multiport_v1 multiport;
    xt_mark_mtinfo1 mark;
    xt_set_info_match_v4 set;
    if (read_extension(match, set_match_extension, set))
        return read_set(set, ids, r);
    if (read_extension(match, mark_match_extension, mark)) {
        r.mark = {.value = mark.mark, .mask = mark.mask, .negated = mark.invert != 0};
        return true;
    }
    if (read_extension(match, multiport_extension, multiport) &&
        multiport.count <= XT_MULTI_PORTS) {
        r.ports.assign(multiport.ports, multiport.ports + multiport.count);
        return true;
    }
    if (read_extension(match, conntrack_extension, conntrack))
        return r.original_direction = true;
    if (read_extension(match, addrtype_extension, addrtype))
        return r.destination_local = true;
    return false;
}

} // namespace nodewall::netfilter::iptables
