#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "netfilter/iptables/xt/rule_codec.hpp"

#include "ruleset/dataplane.hpp"

#include <libiptc/libxtc.h>
#include <linux/netfilter/x_tables.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <iterator>

namespace nodewall::netfilter::iptables {

namespace {

template <class Address> Address prefix_mask(unsigned prefix) {
    std::array<std::uint8_t, sizeof(Address)> bytes{};
    for (unsigned i = 0; i < prefix; ++i)
        bytes[i / 8] = static_cast<std::uint8_t>(bytes[i / 8] | (0x80U >> (i % 8)));
    Address mask;
    std::memcpy(&mask, bytes.data(), bytes.size());
    return mask;
}

template <class Address> unsigned prefix_of(const Address& mask) {
    std::array<std::uint8_t, sizeof(Address)> bytes;
    std::memcpy(bytes.data(), &mask, bytes.size());
    unsigned prefix = 0;
    while (prefix < 8 * bytes.size() && (bytes[prefix / 8] & (0x80U >> (prefix % 8))) != 0)
        ++prefix;
    return prefix;
}

template <class Format> void write_head(const xt_rule& r, typename Format::entry& entry) {
    auto& head = Format::head(entry);
    if (r.destination) {
        std::memcpy(&head.dst, r.destination->address.data(), sizeof head.dst);
        head.dmsk = prefix_mask<decltype(head.dmsk)>(r.destination->prefix);
    }
    if (!r.in_interface.empty()) {
        std::memcpy(head.iniface, r.in_interface.data(), r.in_interface.size());
        std::memset(head.iniface_mask, 0xff, r.in_interface.size() + 1);
    }
    if (r.proto) {
        head.proto = static_cast<std::uint8_t>(*r.proto);
        head.flags |= Format::proto_flag;
    }
    if (std::holds_alternative<goto_chain>(r.then))
        head.flags |= Format::goto_flag;
}

template <class Format> void read_head(const typename Format::entry& entry, xt_rule& r) {
    const auto& head = Format::head(entry);
    if (const auto prefix = prefix_of(head.dmsk); prefix != 0) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(&head.dst);
        r.destination = model::cidr::of(model::ip_address::from_raw(Format::fam, bytes), prefix);
    }
    r.in_interface.assign(head.iniface, ::strnlen(head.iniface, sizeof head.iniface - 1));
    if (head.proto != 0)
        r.proto = static_cast<model::protocol>(head.proto);
}

/// Whether the entry's parts lie within it, one behind the other.
template <class Format> bool is_well_formed(const typename Format::entry& entry) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&entry);
    if (entry.target_offset < sizeof entry || entry.target_offset % alignof(xt_entry_target) != 0 ||
        entry.next_offset < entry.target_offset + sizeof(xt_entry_target))
        return false;
    std::size_t at = sizeof entry;
    while (at + sizeof(xt_entry_match) <= entry.target_offset) {
        const auto size = reinterpret_cast<const xt_entry_match*>(bytes + at)->u.match_size;
        if (size < sizeof(xt_entry_match) || size % alignof(xt_entry_match) != 0)
            return false;
        at += size;
    }
    const auto& target = *reinterpret_cast<const xt_entry_target*>(bytes + entry.target_offset);
    return at == entry.target_offset && target.u.target_size >= sizeof target &&
           entry.target_offset + target.u.target_size <= entry.next_offset;
}

template <class Format> const xt_entry_target& target_of(const typename Format::entry& entry) {
    return *reinterpret_cast<const xt_entry_target*>(reinterpret_cast<const std::byte*>(&entry) +
                                                     entry.target_offset);
}

template <class Format>
bool read_matches(const typename Format::entry& entry, const set_ids& ids, xt_rule& r) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&entry);
    for (std::size_t at = sizeof entry; at < entry.target_offset;) {
        const auto& match = *reinterpret_cast<const xt_entry_match*>(bytes + at);
        if (!read_match(match, ids, r))
            return false;
        at += match.u.match_size;
    }
    return true;
}

/// What stands behind the end of a name is nobody's: the kernel writes the name alone, into memory
/// that libiptc did not clear.
template <class User> void clear_behind_name(User& user) {
    std::fill(std::find(std::begin(user.name), std::end(user.name), '\0'), std::end(user.name),
              '\0');
}

/// The entry without counters and the fields that the kernel keeps for itself; up to its target
/// where that is a verdict or a jump, which libiptc writes in its own way.
template <class Format>
std::vector<std::byte> comparable(const typename Format::entry& entry, bool with_target) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&entry);
    const auto size =
        with_target ? std::size_t{entry.target_offset} + target_of<Format>(entry).u.target_size
                    : entry.target_offset;
    std::vector<std::byte> copy(bytes, bytes + size);
    auto& head = *reinterpret_cast<typename Format::entry*>(copy.data());
    head.nfcache = 0;
    head.comefrom = 0;
    head.counters = {};
    head.next_offset = 0;
    for (std::size_t at = sizeof entry; at < entry.target_offset;) {
        auto& user = reinterpret_cast<xt_entry_match*>(&copy[at])->u.user;
        clear_behind_name(user);
        at += user.match_size;
    }
    if (with_target)
        clear_behind_name(reinterpret_cast<xt_entry_target*>(&copy[entry.target_offset])->u.user);
    return copy;
}

/// Whether the target is an extension with data of its own.
bool is_extension(const xt_target& t) {
    return std::holds_alternative<map_mark>(t) || std::holds_alternative<set_mark>(t) ||
           std::holds_alternative<to_nflog>(t);
}

} // namespace

template <class Format>
result<std::vector<std::byte>> encode(const xt_rule& r, const set_ids& ids) {
    using entry_type = typename Format::entry;
    if (r.destination && r.destination->fam() != Format::fam)
        return error(ruleset::dataplane_errc::kernel_refused, "rule of the other family");
    assert(r.in_interface.size() < IFNAMSIZ);

    std::vector<std::byte> bytes(sizeof(entry_type));
    if (auto written = write_matches(r, ids, bytes); !written)
        return written.error();
    const auto target_at = bytes.size();
    if (auto written = write_target(r.then, ids, bytes); !written)
        return written.error();

    auto& entry = *reinterpret_cast<entry_type*>(bytes.data());
    write_head<Format>(r, entry);
    entry.target_offset = static_cast<std::uint16_t>(target_at);
    entry.next_offset = static_cast<std::uint16_t>(bytes.size());
    return bytes;
}

template <class Format> std::optional<xt_rule> decode(const typename Format::entry& entry,
                                                      std::string_view target, bool is_chain,
                                                      const set_ids& ids) {
    if (!is_well_formed<Format>(entry))
        return std::nullopt;
    xt_rule r;
    read_head<Format>(entry, r);
    const bool is_goto = (Format::head(entry).flags & Format::goto_flag) != 0;
    if (!read_target(target_of<Format>(entry), target, is_chain, is_goto, ids, r) ||
        !read_matches<Format>(entry, ids, r))
        return std::nullopt;
    const auto again = encode<Format>(r, ids);
    if (!again)
        return std::nullopt;
    const auto& own = *reinterpret_cast<const typename Format::entry*>(again->data());
    const bool with_target = is_extension(r.then);
    if (comparable<Format>(entry, with_target) != comparable<Format>(own, with_target))
        return std::nullopt;
    return r;
}

template result<std::vector<std::byte>> encode<ipv4_format>(const xt_rule&, const set_ids&);
template result<std::vector<std::byte>> encode<ipv6_format>(const xt_rule&, const set_ids&);
template std::optional<xt_rule> decode<ipv4_format>(const ipt_entry&, std::string_view, bool,
                                                    const set_ids&);
template std::optional<xt_rule> decode<ipv6_format>(const ip6t_entry&, std::string_view, bool,
                                                    const set_ids&);

} // namespace nodewall::netfilter::iptables
