#include "netfilter/sets.hpp"

#include "base/limits.hpp"
#include "netfilter/refusal.hpp"
#include "netfilter/set_member_codec.hpp"

#include <fmt/core.h>
#include <linux/netfilter.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace nodewall::netfilter {

namespace {

constexpr std::array types{model::set_type::hash_ip, model::set_type::hash_net,
                           model::set_type::hash_net_port, model::set_type::hash_ip_port,
                           model::set_type::hash_ip_port_net};

/// Of a set's type: the lowest that ipset programs of today know, so that one older than the kernel
/// can list the set too.
constexpr std::uint8_t revision_wanted = 1;

/// "hash:net,port" comes with module ip_set_hash_netport.
std::string module_of(model::set_type type) {
    std::string name("ip_set_");
    for (const char c : model::to_string(type))
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
    for (const auto type : types)
        if (const auto revision = revision_of(type, f); !revision)
            return revision.error();
    return {};
}

result<std::uint8_t> sets::revision_of(model::set_type type, model::family f) {
    ipset_message request(IPSET_CMD_TYPE);
    request.put_text(IPSET_ATTR_TYPENAME, model::to_string(type));
    request.put_u8(IPSET_ATTR_FAMILY, nfproto(f));
    std::uint8_t highest = 0;
    std::optional<std::uint8_t> lowest;
    const int failed = socket_.exchange(request, [&](const nlmsghdr& answer) {
        const auto a = attributes_of(answer);
        highest = read_u8(a[IPSET_ATTR_REVISION]).value_or(0);
        lowest = read_u8(a[IPSET_ATTR_REVISION_MIN]);
    });
    if (failed == 0)
        return std::max(lowest.value_or(highest), revision_wanted);
    if (failed == EPERM)
        return refusal("ipset", failed);
    return error(model::dataplane_errc::no_set_type,
                 fmt::format("{} (modprobe ip_set {})", model::to_string(type), module_of(type)));
}

result<void> sets::create(const model::set_definition& set) {
    const auto revision = revision_of(set.type, set.fam);
    if (!revision)
        return revision.error();
    ipset_message request(IPSET_CMD_CREATE, NLM_F_CREATE | NLM_F_EXCL);
    request.put_text(IPSET_ATTR_SETNAME, set.name);
    request.put_text(IPSET_ATTR_TYPENAME, model::to_string(set.type));
    request.put_u8(IPSET_ATTR_REVISION, *revision);
    request.put_u8(IPSET_ATTR_FAMILY, nfproto(set.fam));
    auto* data = request.begin_nest(IPSET_ATTR_DATA);
    request.put_u32(IPSET_ATTR_MAXELEM, limits::set_members_max);
    request.end_nest(data);
    const int failed = socket_.exchange(request);
    return failed == EEXIST ? compare_with_present(set) : outcome(failed, "create", set.name);
}

result<void> sets::compare_with_present(const model::set_definition& set) {
    ipset_message request(IPSET_CMD_HEADER);
    request.put_text(IPSET_ATTR_SETNAME, set.name);
    std::string type;
    std::uint8_t family = 0;
    const int failed = socket_.exchange(request, [&](const nlmsghdr& answer) {
        const auto a = attributes_of(answer);
        type = read_text(a[IPSET_ATTR_TYPENAME]);
        family = read_u8(a[IPSET_ATTR_FAMILY]).value_or(0);
    });
    if (failed != 0)
        return outcome(failed, "look at", set.name);
    if (type == model::to_string(set.type) && family == nfproto(set.fam))
        return {};
    return error(model::dataplane_errc::foreign,
                 fmt::format("set {} has type {} family {}, nodewall's has {} {} (nodewall reset, "
                             "or ipset destroy {})",
                             set.name, type, family == NFPROTO_IPV4 ? "inet" : "inet6",
                             model::to_string(set.type),
                             set.fam == model::family::ipv4 ? "inet" : "inet6", set.name));
}

result<void> sets::destroy(const model::set_definition& set) {
    ipset_message request(IPSET_CMD_DESTROY);
    request.put_text(IPSET_ATTR_SETNAME, set.name);
    const int failed = socket_.exchange(request);
    return outcome(failed == ENOENT ? 0 : failed, "destroy", set.name);
}

result<void> sets::add(const model::set_definition& set,
                       const std::vector<model::set_member>& members) {
    return outcome(change(IPSET_CMD_ADD, set, members), "add to", set.name);
}

result<void> sets::remove(const model::set_definition& set,
                          const std::vector<model::set_member>& members) {
    return outcome(change(IPSET_CMD_DEL, set, members), "remove from", set.name);
}

int sets::change(ipset_cmd command, const model::set_definition& set,
                 const std::vector<model::set_member>& members) {
    for (auto next = members.begin(); next != members.end();) {
        ipset_message request(command);
        request.put_text(IPSET_ATTR_SETNAME, set.name);
        request.put_u32(IPSET_ATTR_LINENO, 0); // the kernel wants it where there are many members
        auto* list = request.begin_nest(IPSET_ATTR_ADT);
        for (; next != members.end() && request.has_room(); ++next)
            put_member(request, set.type, *next);
        request.end_nest(list);
        if (const int failed = socket_.exchange(request); failed != 0)
            return failed;
    }
    return 0;
}

} // namespace nodewall::netfilter
