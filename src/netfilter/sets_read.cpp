// Reading sets back: headers first, so that the members of foreign sets are never dumped.
#include "netfilter/sets.hpp"

#include "model/layout.hpp"
#include "netfilter/refusal.hpp"
#include "netfilter/set_member_codec.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::netfilter {

namespace {

std::optional<model::family> family_of(std::uint8_t number) {
    for (const auto f : model::families)
        if (nfproto(f) == number)
            return f;
    return std::nullopt;
}

} // namespace

result<sets::found> sets::read() {
    auto headers = read_headers();
    if (!headers)
        return headers.error();
    found all;
    for (auto& header : *headers) {
        const auto type = model::parse_set_type(header.type);
        const auto fam = family_of(header.nfproto);
        if (!type || !fam) {
            all.remarks.push_back(fmt::format("set {} has type {}, which nodewall never makes",
                                              header.name, header.type));
            continue;
        }
        const auto known = model::layout::set_of_name(header.name);
        model::set_definition definition{.name = std::move(header.name),
                                         .type = *type,
                                         .fam = *fam,
                                         .role = known ? known->role : model::set_role::admits};
        auto members = read_members(definition);
        if (!members)
            return members.error();
        all.sets.push_back({std::move(definition), std::move(*members)});
    }
    return all;
}

result<std::vector<sets::header>> sets::read_headers() {
    ipset_message request(IPSET_CMD_LIST, NLM_F_DUMP);
    request.put_u32(IPSET_ATTR_FLAGS, IPSET_FLAG_LIST_HEADER);
    std::vector<header> headers;
    const int failed = socket_.exchange(request, [&](const nlmsghdr& answer) {
        const auto a = attributes_of(answer);
        auto name = read_text(a[IPSET_ATTR_SETNAME]);
        if (name.starts_with(model::layout::prefix) && a[IPSET_ATTR_TYPENAME] != nullptr)
            headers.push_back({std::move(name), read_text(a[IPSET_ATTR_TYPENAME]),
                               read_u8(a[IPSET_ATTR_FAMILY]).value_or(0)});
    });
    if (failed != 0)
        return refusal("list of sets", failed);
    return headers;
}

result<std::vector<model::set_member>> sets::read_members(const model::set_definition& set) {
    ipset_message request(IPSET_CMD_LIST, NLM_F_DUMP);
    request.put_text(IPSET_ATTR_SETNAME, set.name);
    std::vector<model::set_member> members;
    const int failed = socket_.exchange(request, [&](const nlmsghdr& answer) {
        const auto a = attributes_of(answer);
        if (a[IPSET_ATTR_ADT] == nullptr)
            return;
        for_each_nested(*a[IPSET_ATTR_ADT], [&](const nlattr& data) {
            if (const auto member = read_member(data, set.type, set.fam))
                members.push_back(*member);
        });
    });
    if (failed != 0)
        return refusal("members of set " + set.name, failed);
    return members;
}

} // namespace nodewall::netfilter
