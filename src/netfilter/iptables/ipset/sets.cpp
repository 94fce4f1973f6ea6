#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "netfilter/iptables/ipset/sets.hpp"

#include "base/limits.hpp"
#include "netfilter/iptables/ipset/member_codec.hpp"
#include "netfilter/iptables/kernel/refusal.hpp"
#include "ruleset/dataplane.hpp"
#include "ruleset/ruleset.hpp"

#include <fmt/core.h>
#include <linux/netfilter.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace nodewall::netfilter::iptables {

namespace {

/// The lowest revision of each type that has what nodewall needs, so that an ipset program older
/// than the kernel can list the set too: 1 knows `maxelem` of every type, 5 and 7 know marks.
constexpr std::uint8_t revision_wanted(set_type t) {
    switch (t) {
    case set_type::hash_ip_port:
        return 5;
    case set_type::hash_net_port:
        return 7;
    case set_type::hash_ip:
    case set_type::hash_net:
    case set_type::list_set:
        break;
    }
    return 1;
}

/// A set that stays small would otherwise take eight KiB from its first day on.
constexpr std::uint32_t small_hash_size = 64;

std::uint8_t family_number(set_type t, model::family f) {
    return t == set_type::list_set ? std::uint8_t{NFPROTO_UNSPEC} : nfproto(f);
}

/// "hash:net,port" comes with module ip_set_hash_netport.
std::string module_of(set_type type) {
    std::string name("ip_set_");
    for (const char c : to_string(type))
        if (c != ',')
            name += c == ':' ? '_' : c;
    return name;
}

result<void> outcome(int failed, const char* act, const std::string& set) {
    if (failed == 0)
        return {};
    return refusal(fmt::format("{} set {}", act, set), failed);
}

} // namespace

result<void> sets::probe(model::family f) {
    for (const auto type : set_types)
        if (const auto revision = revision_of(type, f); !revision)
            return revision.error();
    return {};
}

result<std::uint8_t> sets::revision_of(set_type type, model::family f) {
    if (const auto known = revisions_.find({type, f}); known != revisions_.end())
        return known->second;
    ipset_message request(IPSET_CMD_TYPE);
    request.put_text(IPSET_ATTR_TYPENAME, to_string(type));
    request.put_u8(IPSET_ATTR_FAMILY, family_number(type, f));
    std::uint8_t highest = 0;
    std::optional<std::uint8_t> lowest;
    const int failed = socket_.exchange(request, [&](const nlmsghdr& answer) {
        const auto a = attributes_of(answer);
        highest = read_u8(a[IPSET_ATTR_REVISION]).value_or(0);
        lowest = read_u8(a[IPSET_ATTR_REVISION_MIN]);
    });
    if (failed == EPERM)
        return refusal("ipset", failed);
    const auto revision = std::max(lowest.value_or(highest), revision_wanted(type));
    if (failed != 0 || highest < revision)
        return error(ruleset::dataplane_errc::no_set_type,
                     fmt::format("{} revision {} (modprobe ip_set {})", to_string(type), revision,
                                 module_of(type)));
    revisions_[{type, f}] = revision;
    return revision;
}

result<void> sets::create(const set_definition& set) {
    const auto revision = revision_of(set.type, set.fam);
    if (!revision)
        return revision.error();
    const int failed = make(set, *revision);
    return failed == EEXIST ? take_over(set) : outcome(failed, "create", set.name);
}

int sets::make(const set_definition& set, std::uint8_t revision) {
    ipset_message request(IPSET_CMD_CREATE, NLM_F_CREATE | NLM_F_EXCL);
    request.put_text(IPSET_ATTR_SETNAME, set.name);
    request.put_text(IPSET_ATTR_TYPENAME, to_string(set.type));
    request.put_u8(IPSET_ATTR_REVISION, revision);
    request.put_u8(IPSET_ATTR_FAMILY, family_number(set.type, set.fam));
    auto* data = request.begin_nest(IPSET_ATTR_DATA);
    if (set.type == set_type::list_set) {
        request.put_u32(IPSET_ATTR_SIZE, limits::set_list_max);
    } else {
        request.put_u32(IPSET_ATTR_MAXELEM, limits::kernel_set_members_max);
        if (set.small)
            request.put_u32(IPSET_ATTR_HASHSIZE, small_hash_size);
        if (has_marks(set.type))
            request.put_u32(IPSET_ATTR_CADT_FLAGS, IPSET_FLAG_WITH_SKBINFO);
    }
    request.end_nest(data);
    return socket_.exchange(request);
}

result<void> sets::take_over(const set_definition& set) {
    ipset_message request(IPSET_CMD_LIST, NLM_F_DUMP);
    request.put_text(IPSET_ATTR_SETNAME, set.name);
    request.put_u32(IPSET_ATTR_FLAGS, IPSET_FLAG_LIST_HEADER);
    header found;
    const int failed = socket_.exchange(request, [&](const nlmsghdr& answer) {
        if (auto h = to_header(answer))
            found = std::move(*h);
    });
    if (failed != 0)
        return outcome(failed, "look at", set.name);
    const bool same_type =
        found.type == to_string(set.type) && found.nfproto == family_number(set.type, set.fam);
    if (same_type)
        return has_our_shape(found, set.type) ? flush(set.name) : replace(set);
    return error(ruleset::dataplane_errc::foreign,
                 fmt::format("set {} has type {} family {}, nodewall's has {} {} (nodewall reset, "
                             "or ipset destroy {})",
                             set.name, found.type, found.nfproto == NFPROTO_IPV4 ? "inet" : "inet6",
                             to_string(set.type), set.fam == model::family::ipv4 ? "inet" : "inet6",
                             set.name));
}

/// An empty set in its place, whatever uses it: contents are swapped under their names.
result<void> sets::replace(const set_definition& set) {
    const auto revision = revision_of(set.type, set.fam);
    if (!revision)
        return revision.error();
    auto fresh = set;
    fresh.name = fmt::format("{}swap", ruleset::prefix);
    if (auto gone = destroy(fresh.name); !gone)
        return gone;
    if (const int failed = make(fresh, *revision); failed != 0)
        return outcome(failed, "create", fresh.name);
    ipset_message request(IPSET_CMD_SWAP);
    request.put_text(IPSET_ATTR_SETNAME, set.name);
    request.put_text(IPSET_ATTR_SETNAME2, fresh.name);
    const int failed = socket_.exchange(request);
    const auto gone = destroy(fresh.name);
    return failed != 0 ? outcome(failed, "swap", set.name) : gone;
}

result<void> sets::destroy(const std::string& name) {
    ipset_message request(IPSET_CMD_DESTROY);
    request.put_text(IPSET_ATTR_SETNAME, name);
    const int failed = socket_.exchange(request);
    return outcome(failed == ENOENT ? 0 : failed, "destroy", name);
}

result<void> sets::flush(const std::string& name) {
    ipset_message request(IPSET_CMD_FLUSH);
    request.put_text(IPSET_ATTR_SETNAME, name);
    return outcome(socket_.exchange(request), "flush", name);
}

result<void> sets::add(const set_definition& set, const std::vector<set_member>& members) {
    return outcome(change(IPSET_CMD_ADD, set.name, members,
                          [&](ipset_message& request, const set_member& member) {
                              put_member(request, set.type, member, true);
                          }),
                   "add to", set.name);
}

result<void> sets::add(const set_definition& list, const std::vector<std::string>& names) {
    return outcome(change(IPSET_CMD_ADD, list.name, names, put_name), "add to", list.name);
}

result<void> sets::remove(const set_definition& set, const std::vector<set_member>& members) {
    return outcome(change(IPSET_CMD_DEL, set.name, members,
                          [&](ipset_message& request, const set_member& member) {
                              put_member(request, set.type, member, false);
                          }),
                   "remove from", set.name);
}

template <class Member, class Put> int sets::change(ipset_cmd command, const std::string& set,
                                                    const std::vector<Member>& members, Put put) {
    for (auto next = members.begin(); next != members.end();) {
        ipset_message request(command);
        request.put_text(IPSET_ATTR_SETNAME, set);
        request.put_u32(IPSET_ATTR_LINENO, 0); // the kernel wants it where there are many members
        auto* list = request.begin_nest(IPSET_ATTR_ADT);
        for (; next != members.end() && request.has_room(); ++next)
            put(request, *next);
        request.end_nest(list);
        if (const int failed = socket_.exchange(request); failed != 0)
            return failed;
    }
    return 0;
}

} // namespace nodewall::netfilter::iptables
