#include "netfilter/rule_matches.hpp"

#include "base/limits.hpp"
#include "model/dataplane.hpp"

#include <libiptc/libxtc.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_set.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string_view>

namespace nodewall::netfilter {

namespace {

/// The new match's data, zero to the last byte of padding: rules are compared bytewise.
template <class Info> Info& append(std::vector<std::byte>& out, const match_kind& kind) {
    constexpr std::size_t header = XT_ALIGN(sizeof(xt_entry_match));
    constexpr std::size_t size = header + XT_ALIGN(sizeof(Info));
    const auto at = out.size();
    out.resize(at + size);
    auto& match = *reinterpret_cast<xt_entry_match*>(&out[at]);
    match.u.user.match_size = size;
    match.u.user.revision = kind.revision;
    std::strncpy(match.u.user.name, kind.name, sizeof match.u.user.name - 1);
    return *reinterpret_cast<Info*>(&out[at + header]);
}

template <class Info>
bool read_info(const xt_entry_match& match, const match_kind& kind, Info& info) {
    constexpr std::size_t header = XT_ALIGN(sizeof(xt_entry_match));
    if (std::string_view(match.u.user.name) != kind.name ||
        match.u.user.revision != kind.revision ||
        match.u.user.match_size != header + XT_ALIGN(sizeof(Info)))
        return false;
    std::memcpy(&info, reinterpret_cast<const std::byte*>(&match) + header, sizeof info);
    return true;
}

void write_ports(const std::vector<std::uint16_t>& ports, xt_multiport_v1& info) {
    assert(ports.size() <= limits::multiport_slots);
    info.flags = XT_MULTIPORT_DESTINATION;
    info.count = static_cast<std::uint8_t>(ports.size());
    std::copy(ports.begin(), ports.end(), info.ports);
}

void write_set(const model::set_match& match, std::uint16_t id, xt_set_info_match_v4& info) {
    assert(match.directions.size() <= IPSET_DIM_MAX);
    unsigned flags = match.negated ? unsigned{IPSET_INV_MATCH} : 0U;
    for (std::size_t i = 0; i < match.directions.size(); ++i)
        if (match.directions[i] == model::set_match::direction::src)
            flags |= IPSET_DIM_ONE_SRC << i;
    info.match_set.index = id;
    info.match_set.dim = static_cast<std::uint8_t>(match.directions.size());
    info.match_set.flags = static_cast<std::uint8_t>(flags);
}

bool read_set(const xt_set_info_match_v4& info, const set_ids& ids, model::rule& r) {
    using direction = model::set_match::direction;
    const auto name = ids.name_of(info.match_set.index);
    if (!name || info.match_set.dim > IPSET_DIM_MAX)
        return false;
    model::set_match match{
        .set = *name, .directions = {}, .negated = (info.match_set.flags & IPSET_INV_MATCH) != 0};
    for (unsigned i = 0; i < info.match_set.dim; ++i) {
        const bool src = (info.match_set.flags & (IPSET_DIM_ONE_SRC << i)) != 0;
        match.directions.push_back(src ? direction::src : direction::dst);
    }
    r.sets.push_back(std::move(match));
    return true;
}

} // namespace

result<void> write_matches(const model::rule& r, const set_ids& ids, std::vector<std::byte>& out) {
    if (r.destination_local)
        append<xt_addrtype_info_v1>(out, addrtype_match).dest = XT_ADDRTYPE_LOCAL;
    if (r.original_direction)
        append<xt_conntrack_mtinfo3>(out, conntrack_match).match_flags = XT_CONNTRACK_DIRECTION;
    if (!r.ports.empty())
        write_ports(r.ports, append<xt_multiport_v1>(out, multiport_match));
    for (const auto& match : r.sets) {
        const auto id = ids.id_of(match.set);
        if (!id)
            return error(model::dataplane_errc::kernel_refused, "no set " + match.set);
        write_set(match, *id, append<xt_set_info_match_v4>(out, set_match_kind));
    }
    return {};
}

bool read_match(const xt_entry_match& match, const set_ids& ids, model::rule& r) {
    xt_addrtype_info_v1 addrtype;
    xt_conntrack_mtinfo3 conntrack;
    xt_multiport_v1 multiport;
    xt_set_info_match_v4 set;
    if (read_info(match, set_match_kind, set))
        return read_set(set, ids, r);
    if (read_info(match, multiport_match, multiport) && multiport.count <= XT_MULTI_PORTS) {
        r.ports.assign(multiport.ports, multiport.ports + multiport.count);
        return true;
    }
    if (read_info(match, conntrack_match, conntrack))
        return r.original_direction = true;
    if (read_info(match, addrtype_match, addrtype))
        return r.destination_local = true;
    return false;
}

} // namespace nodewall::netfilter
