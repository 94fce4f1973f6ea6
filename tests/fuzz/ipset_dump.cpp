// Any bytes as a message of an ipset dump, and as the data of one member of each type.
#include "netfilter/iptables/ipset/member_codec.hpp"

#include <linux/netfilter/nfnetlink.h>

#include <cstdlib>
#include <cstring>
#include <vector>

using namespace nodewall;
namespace ipt = netfilter::iptables;

namespace {

/// The bytes behind a header that tells their length.
template <class Header, class Length> std::vector<std::max_align_t>
with_header(const std::uint8_t* data, std::size_t size, Length Header::*length) {
    const auto bytes = sizeof(Header) + size;
    std::vector<std::max_align_t> message(bytes / sizeof(std::max_align_t) + 1);
    reinterpret_cast<Header*>(message.data())->*length = static_cast<Length>(bytes);
    if (size != 0)
        std::memcpy(reinterpret_cast<char*>(message.data()) + sizeof(Header), data, size);
    return message;
}

void read_members(const nlattr& data) {
    for (const auto type : ipt::set_types)
        for (const auto f : model::families) {
            const auto member = ipt::read_member(data, type, f);
            if (member && member->net.prefix > model::address_bits(f))
                std::abort();
            if (member)
                (void)member->to_string(type);
        }
    (void)ipt::read_name(data);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t attribute_bytes_max = 0xffff - sizeof(nlattr);
    if (size > attribute_bytes_max)
        return 0;
    const auto attribute = with_header<nlattr>(data, size, &nlattr::nla_len);
    read_members(*reinterpret_cast<const nlattr*>(attribute.data()));

    const auto message = with_header<nlmsghdr>(data, size, &nlmsghdr::nlmsg_len);
    const auto a = ipt::attributes_of(*reinterpret_cast<const nlmsghdr*>(message.data()));
    (void)ipt::read_text(a[IPSET_ATTR_SETNAME]);
    (void)ipt::read_text(a[IPSET_ATTR_TYPENAME]);
    (void)ipt::read_u8(a[IPSET_ATTR_FAMILY]);
    if (a[IPSET_ATTR_DATA] != nullptr)
        (void)ipt::read_u32(ipt::attributes_of(*a[IPSET_ATTR_DATA])[IPSET_ATTR_ELEMENTS]);
    if (a[IPSET_ATTR_ADT] != nullptr)
        ipt::for_each_nested(*a[IPSET_ATTR_ADT], read_members);
    return 0;
}
