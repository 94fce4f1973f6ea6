// Reading sets back: headers first, so that the members of foreign sets are hardly ever dumped.
#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "netfilter/iptables/ipset/sets.hpp"

#include "base/limits.hpp"
#include "netfilter/iptables/ipset/member_codec.hpp"
#include "netfilter/iptables/kernel/refusal.hpp"
#include "netfilter/iptables/layout/names.hpp"
#include "ruleset/ruleset.hpp"

#include <fmt/core.h>
#include <linux/netfilter.h>

#include <algorithm>
#include <cerrno>
#include <unordered_map>
#include <unordered_set>

namespace nodewall::netfilter::iptables {

namespace {

/// One dump of all sets spares the kernel the search for each by its name; it is worth that many
/// members of foreign sets for each set of ours.
constexpr std::size_t foreign_elements_per_set = 50;

/// What the set's name says, which must be what it is; a list of sets has no family of its own.
std::optional<model::family> family_of(std::uint8_t number, set_type type,
                                       const std::string& name) {
    const auto in_name = family_in_name(name);
    if (!in_name || (type != set_type::list_set && nfproto(*in_name) != number))
        return std::nullopt;
    return in_name;
}

} // namespace

result<sets::found> sets::read(const set_ids& standing) {
    std::size_t foreign_elements = 0;
    auto headers = read_headers(foreign_elements);
    if (!headers)
        return headers.error();
    const auto omitted = read_omitted(standing, *headers);
    if (!omitted)
        return omitted.error();
    found all;
    std::vector<std::string> filled;
    for (auto& header : *headers) {
        const auto type = parse_set_type(header.type);
        const auto fam = type ? family_of(header.nfproto, *type, header.name) : std::nullopt;
        if (!type || !fam || (has_marks(*type) && !header.marks)) {
            all.remarks.push_back(fmt::format("set {} has type {}, which nodewall never gives it",
                                              header.name, header.type));
            all.foreign.push_back(std::move(header.name));
            continue;
        }
        if (!has_our_shape(header, *type)) {
            all.remarks.push_back(
                fmt::format("set {} has room for {} members{}: not as nodewall makes it",
                            header.name, header.room, header.expires ? ", which expire" : ""));
            all.foreign.push_back(std::move(header.name));
            continue;
        }
        if (header.elements.value_or(1) != 0 && !std::ranges::binary_search(*omitted, header.name))
            filled.push_back(header.name);
        all.sets.push_back(
            {.definition = {.name = std::move(header.name), .type = *type, .fam = *fam},
             .members = {},
             .names = {}});
    }
    result<void> done;
    if (foreign_elements <= foreign_elements_per_set * filled.size()) {
        if (!filled.empty())
            done = read_members(all, {});
    } else {
        for (const auto& name : filled)
            if (done)
                done = read_members(all, name);
    }
    for (const auto& name : *omitted)
        if (done)
            done = read_members(all, name);
    if (!done)
        return done.error();
    return all;
}

std::optional<sets::header> sets::to_header(const nlmsghdr& answer) {
    const auto a = attributes_of(answer);
    if (a[IPSET_ATTR_SETNAME] == nullptr || a[IPSET_ATTR_TYPENAME] == nullptr)
        return std::nullopt;
    header h{.name = read_text(a[IPSET_ATTR_SETNAME]),
             .type = read_text(a[IPSET_ATTR_TYPENAME]),
             .nfproto = read_u8(a[IPSET_ATTR_FAMILY]).value_or(0)};
    if (a[IPSET_ATTR_DATA] == nullptr)
        return h;
    const auto details = attributes_of(*a[IPSET_ATTR_DATA]);
    h.elements = read_u32(details[IPSET_ATTR_ELEMENTS]);
    h.marks = (read_u32(details[IPSET_ATTR_CADT_FLAGS]).value_or(0) & IPSET_FLAG_WITH_SKBINFO) != 0;
    h.room = read_u32(details[IPSET_ATTR_MAXELEM])
                 .value_or(read_u32(details[IPSET_ATTR_SIZE]).value_or(0));
    h.expires = details[IPSET_ATTR_TIMEOUT] != nullptr;
    return h;
}

/// Sets hold what the bounds say, for as long as it stands: a smaller one would refuse members in
/// the middle of a change, one with a timeout would forget them.
bool sets::has_our_shape(const header& h, set_type type) {
    const bool list = type == set_type::list_set;
    return h.room == (list ? limits::set_list_max : limits::kernel_set_members_max) && !h.expires &&
           h.marks == has_marks(type);
}

result<std::vector<sets::header>> sets::read_headers(std::size_t& foreign_elements) {
    ipset_message request(IPSET_CMD_LIST, NLM_F_DUMP);
    request.put_u32(IPSET_ATTR_FLAGS, IPSET_FLAG_LIST_HEADER);
    std::vector<header> headers;
    const int failed = socket_.exchange(request, [&](const nlmsghdr& answer) {
        auto h = to_header(answer);
        if (h && h->name.starts_with(ruleset::prefix))
            headers.push_back(std::move(*h));
        else if (h)
            foreign_elements += h->elements.value_or(limits::set_members_max);
    });
    if (failed != 0)
        return refusal("list of sets", failed);
    return headers;
}

/// The kernel tells of lists of sets last, and leaves them all out where the last place of its
/// table of sets is taken by a set that is no list (ip_set_dump_do ends when the index passes the
/// table's size, before it begins with the lists): whenever 256 sets stand, or 64 more, and so on.
result<std::vector<std::string>> sets::read_omitted(const set_ids& standing,
                                                    std::vector<header>& headers) {
    std::unordered_set<std::string_view> told;
    for (const auto& h : headers)
        told.insert(h.name);
    std::vector<std::string> omitted;
    for (const auto& [id, name] : standing.names())
        if (name.starts_with(ruleset::prefix) && !told.contains(name))
            omitted.push_back(name);
    std::ranges::sort(omitted);
    for (const auto& name : omitted) {
        ipset_message request(IPSET_CMD_LIST, NLM_F_DUMP);
        request.put_text(IPSET_ATTR_SETNAME, name);
        request.put_u32(IPSET_ATTR_FLAGS, IPSET_FLAG_LIST_HEADER);
        const int failed = socket_.exchange(request, [&](const nlmsghdr& answer) {
            if (auto h = to_header(answer))
                headers.push_back(std::move(*h));
        });
        if (failed != 0 && failed != ENOENT) // gone since
            return refusal("list of set " + name, failed);
    }
    return omitted;
}

/// Of one set, or of all where no name is given.
result<void> sets::read_members(found& all, const std::string& only) {
    std::unordered_map<std::string_view, set_content*> by_name;
    for (auto& set : all.sets)
        if (only.empty() || set.definition.name == only)
            by_name.emplace(set.definition.name, &set);
    ipset_message request(IPSET_CMD_LIST, NLM_F_DUMP);
    if (!only.empty())
        request.put_text(IPSET_ATTR_SETNAME, only);
    const int failed = socket_.exchange(request, [&](const nlmsghdr& answer) {
        const auto a = attributes_of(answer);
        if (a[IPSET_ATTR_ADT] == nullptr || a[IPSET_ATTR_SETNAME] == nullptr)
            return;
        const auto set = by_name.find(read_text(a[IPSET_ATTR_SETNAME]));
        if (set == by_name.end())
            return;
        auto& found = *set->second;
        const auto& definition = found.definition;
        for_each_nested(*a[IPSET_ATTR_ADT], [&](const nlattr& data) {
            if (definition.type == set_type::list_set)
                found.names.push_back(read_name(data));
            else if (const auto member = read_member(data, definition.type, definition.fam))
                found.members.push_back(*member);
        });
    });
    if (failed != 0 &&
        (only.empty() || failed != ENOENT)) // a set that is gone since has no members
        return refusal(only.empty() ? "members of sets" : "members of set " + only, failed);
    return {};
}

} // namespace nodewall::netfilter::iptables
