#include "netfilter/rule_codec.hpp"

#include "model/dataplane.hpp"

#include <libiptc/libxtc.h>
#include <linux/netfilter/x_tables.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <iterator>

namespace nodewall::netfilter {

namespace {

constexpr std::string_view label_return = "RETURN";
constexpr std::string_view label_drop = "DROP";

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

template <class Format> void write_head(const model::rule& r, typename Format::entry& entry) {
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
    if (r.then == model::verdict::goto_)
        head.flags |= Format::goto_flag;
}

template <class Format> void read_head(const typename Format::entry& entry, model::rule& r) {
    const auto& head = Format::head(entry);
    if (const auto prefix = prefix_of(head.dmsk); prefix != 0) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(&head.dst);
        r.destination = model::cidr::of(model::ip_address::from_raw(Format::fam, bytes), prefix);
    }
    r.in_interface.assign(head.iniface, ::strnlen(head.iniface, sizeof head.iniface - 1));
    if (head.proto != 0)
        r.proto = static_cast<model::protocol>(head.proto);
}

std::string_view label_of(const model::rule& r) {
    switch (r.then) {
    case model::verdict::return_:
        return label_return;
    case model::verdict::drop:
        return label_drop;
    case model::verdict::jump:
    case model::verdict::goto_:
        break;
    }
    return r.chain;
}

bool read_label(std::string_view label, bool is_chain, bool is_goto, model::rule& r) {
    if (is_chain) {
        r.then = is_goto ? model::verdict::goto_ : model::verdict::jump;
        r.chain = label;
    } else if (label == label_return || label == label_drop) {
        r.then = label == label_drop ? model::verdict::drop : model::verdict::return_;
    } else {
        return false;
    }
    return true;
}

template <class Format>
bool read_matches(const typename Format::entry& entry, const set_ids& ids, model::rule& r) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&entry);
    for (std::size_t at = sizeof entry; at < entry.target_offset;) {
        const auto& match = *reinterpret_cast<const xt_entry_match*>(bytes + at);
        if (!read_match(match, ids, r))
            return false;
        at += match.u.match_size;
    }
    return true;
}

/// The entry up to its target, without counters, the fields that the kernel keeps for itself, and
/// what stands behind the end of a match's name: the kernel writes the name alone, into memory that
/// libiptc did not clear.
template <class Format> std::vector<std::byte> comparable(const typename Format::entry& entry) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&entry);
    std::vector<std::byte> copy(bytes, bytes + entry.target_offset);
    auto& head = *reinterpret_cast<typename Format::entry*>(copy.data());
    head.nfcache = 0;
    head.comefrom = 0;
    head.counters = {};
    for (std::size_t at = sizeof entry; at < copy.size();) {
        auto& user = reinterpret_cast<xt_entry_match*>(&copy[at])->u.user;
        std::fill(std::find(std::begin(user.name), std::end(user.name), '\0'), std::end(user.name),
                  '\0');
        at += user.match_size;
    }
    return copy;
}

} // namespace

template <class Format>
result<std::vector<std::byte>> encode(const model::rule& r, const set_ids& ids) {
    using entry_type = typename Format::entry;
    if (r.destination && r.destination->fam() != Format::fam)
        return error(model::dataplane_errc::kernel_refused, "rule of the other family");
    assert(r.in_interface.size() < IFNAMSIZ);

    std::vector<std::byte> bytes(sizeof(entry_type));
    if (auto written = write_matches(r, ids, bytes); !written)
        return written.error();
    const auto target_at = bytes.size();
    bytes.resize(target_at + XT_ALIGN(sizeof(xt_standard_target)));

    auto& target = *reinterpret_cast<xt_standard_target*>(&bytes[target_at]);
    target.target.u.user.target_size = XT_ALIGN(sizeof(xt_standard_target));
    const auto label = label_of(r);
    assert(label.size() < sizeof target.target.u.user.name);
    std::copy(label.begin(), label.end(), target.target.u.user.name);

    auto& entry = *reinterpret_cast<entry_type*>(bytes.data());
    write_head<Format>(r, entry);
    entry.target_offset = static_cast<std::uint16_t>(target_at);
    entry.next_offset = static_cast<std::uint16_t>(bytes.size());
    return bytes;
}

template <class Format> std::optional<model::rule> decode(const typename Format::entry& entry,
                                                          std::string_view target, bool is_chain,
                                                          const set_ids& ids) {
    model::rule r;
    read_head<Format>(entry, r);
    const bool is_goto = (Format::head(entry).flags & Format::goto_flag) != 0;
    if (!read_label(target, is_chain, is_goto, r) || !read_matches<Format>(entry, ids, r))
        return std::nullopt;
    const auto again = encode<Format>(r, ids);
    if (!again ||
        comparable<Format>(entry) !=
            comparable<Format>(*reinterpret_cast<const typename Format::entry*>(again->data())))
        return std::nullopt;
    return r;
}

template result<std::vector<std::byte>> encode<ipv4_format>(const model::rule&, const set_ids&);
template result<std::vector<std::byte>> encode<ipv6_format>(const model::rule&, const set_ids&);
template std::optional<model::rule> decode<ipv4_format>(const ipt_entry&, std::string_view, bool,
                                                        const set_ids&);
template std::optional<model::rule> decode<ipv6_format>(const ip6t_entry&, std::string_view, bool,
                                                        const set_ids&);

} // namespace nodewall::netfilter
