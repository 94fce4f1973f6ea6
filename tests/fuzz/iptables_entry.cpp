// Any bytes as a rule of the kernel, of both families.
#include "netfilter/iptables/xt/rule_codec.hpp"

#include <linux/netfilter/x_tables.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

using namespace nodewall;
namespace ipt = netfilter::iptables;

namespace {

const ipt::set_ids& ids() {
    static const auto known = [] {
        ipt::set_ids some;
        for (std::uint16_t i = 0; i < 8; ++i)
            some.add("NW-SET-" + std::to_string(i), i);
        return some;
    }();
    return known;
}

/// What libiptc hands on is whole: `next_offset` bytes of it are there.
template <class Format> void decode(const std::uint8_t* data, std::size_t size) {
    using entry_type = typename Format::entry;
    if (size < sizeof(entry_type))
        return;
    std::vector<std::max_align_t> aligned(size / sizeof(std::max_align_t) + 1);
    std::memcpy(aligned.data(), data, size);
    const auto& entry = *reinterpret_cast<const entry_type*>(aligned.data());
    if (entry.next_offset > size)
        return;
    for (const auto* label : {"RETURN", "DROP", "SET", "MARK", "NFLOG", "NW-CHAIN"}) {
        const bool is_chain = std::strncmp(label, "NW-", 3) == 0;
        const auto rule = ipt::decode<Format>(entry, label, is_chain, ids());
        if (!rule)
            continue;
        const auto again = ipt::encode<Format>(*rule, ids());
        if (!again)
            std::abort();
        const auto& own = *reinterpret_cast<const entry_type*>(again->data());
        if (ipt::decode<Format>(own, label, is_chain, ids()) != rule)
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    decode<ipt::ipv4_format>(data, size);
    decode<ipt::ipv6_format>(data, size);
    return 0;
}
