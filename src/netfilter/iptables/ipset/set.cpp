#include "netfilter/iptables/ipset/set.hpp"

#include "base/limits.hpp"
#include "model/protocol.hpp"

#include <fmt/core.h>

namespace nodewall::netfilter::iptables {

namespace {

constexpr std::array<std::string_view, set_types.size()> type_names{
    "hash:ip", "hash:net", "hash:ip,port", "hash:net,port", "list:set"};

std::string_view protocol_name(std::uint8_t number) {
    return model::to_lower_string(static_cast<model::protocol>(number));
}

} // namespace

std::string_view to_string(set_type t) {
    return type_names[static_cast<std::size_t>(t)];
}

std::optional<set_type> parse_set_type(std::string_view text) {
    for (const auto t : set_types)
        if (to_string(t) == text)
            return t;
    return std::nullopt;
}

bool has_marks(set_type t) {
    return t == set_type::hash_ip_port || t == set_type::hash_net_port;
}

std::string set_definition::to_string() const {
    if (type == set_type::list_set)
        return fmt::format("create {} list:set size {}", name, limits::set_list_max);
    return fmt::format("create {} {} family {} maxelem {}{}", name, iptables::to_string(type),
                       fam == model::family::ipv4 ? "inet" : "inet6",
                       limits::kernel_set_members_max, has_marks(type) ? " skbinfo" : "");
}

std::string set_member::to_string(set_type t) const {
    std::string text;
    if (net.prefix == model::address_bits(net.fam()))
        net.address.append_to(text);
    else
        net.append_to(text);
    if (has_marks(t))
        text += fmt::format(",{}:{} skbmark {:#x}/{:#x}", protocol_name(proto), port, mark, mask);
    return text;
}

} // namespace nodewall::netfilter::iptables
