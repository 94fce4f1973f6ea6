// What matches and targets have in common in the kernel's form: a header of name, revision and
// size, then the extension's own data.
#pragma once

#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "netfilter/iptables/xt/extensions.hpp"

#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_set.h>

#include <cassert>
#include <cstring>
#include <string>

namespace nodewall::netfilter::iptables {

/// xt_entry_match and xt_entry_target have the same layout under different names.
inline __u16& size_field(xt_entry_match& header) {
    return header.u.user.match_size;
}
inline __u16& size_field(xt_entry_target& header) {
    return header.u.user.target_size;
}
inline __u16 size_field(const xt_entry_match& header) {
    return header.u.user.match_size;
}
inline __u16 size_field(const xt_entry_target& header) {
    return header.u.user.target_size;
}

/// The new extension's data, zero to the last byte of padding: rules are compared bytewise.
template <class Header, class Info>
Info& append_extension(std::vector<std::byte>& out, const extension& kind) {
    constexpr std::size_t header_bytes = XT_ALIGN(sizeof(Header));
    constexpr std::size_t bytes = header_bytes + XT_ALIGN(sizeof(Info));
    const auto at = out.size();
    out.resize(at + bytes);
    auto& header = *reinterpret_cast<Header*>(&out[at]);
    size_field(header) = bytes;
    header.u.user.revision = kind.revision;
    std::strncpy(header.u.user.name, kind.name, sizeof header.u.user.name - 1);
    return *reinterpret_cast<Info*>(&out[at + header_bytes]);
}

template <class Header, class Info>
bool read_extension(const Header& header, const extension& kind, Info& info) {
    constexpr std::size_t header_bytes = XT_ALIGN(sizeof(Header));
    const auto& user = header.u.user;
    if (std::string_view(user.name, ::strnlen(user.name, sizeof user.name)) != kind.name ||
        user.revision != kind.revision ||
        size_field(header) != header_bytes + XT_ALIGN(sizeof(Info)))
        return false;
    std::memcpy(&info, reinterpret_cast<const std::byte*>(&header) + header_bytes, sizeof info);
    return true;
}

inline xt_set_info set_info(std::uint16_t id, const std::vector<direction>& directions) {
    assert(directions.size() <= IPSET_DIM_MAX);
    unsigned flags = 0;
    for (std::size_t i = 0; i < directions.size(); ++i)
        if (directions[i] == direction::src)
            flags |= IPSET_DIM_ONE_SRC << i;
    return {.index = id,
            .dim = static_cast<std::uint8_t>(directions.size()),
            .flags = static_cast<std::uint8_t>(flags)};
}

inline bool read_set_info(const xt_set_info& info, const set_ids& ids, std::string& name,
                          std::vector<direction>& directions) {
    const auto* known = ids.name_of(info.index);
    if (known == nullptr || info.dim > IPSET_DIM_MAX)
        return false;
    name = *known;
    for (unsigned i = 0; i < info.dim; ++i)
        directions.push_back((info.flags & (IPSET_DIM_ONE_SRC << i)) != 0 ? direction::src
                                                                          : direction::dst);
    return true;
}

} // namespace nodewall::netfilter::iptables
