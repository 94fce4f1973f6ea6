#include "netfilter/set_ids.hpp"

#include "netfilter/file_descriptor.hpp"
#include "netfilter/refusal.hpp"

#include <netinet/in.h> // before the kernel's headers, which then leave out the same
#include <sys/socket.h>

#include <linux/netfilter/ipset/ip_set.h>

#include <cerrno>
#include <cstring>

namespace nodewall::netfilter {

void set_ids::add(std::string name, std::uint16_t id) {
    ids_.insert_or_assign(std::move(name), id);
}

std::optional<std::uint16_t> set_ids::id_of(std::string_view name) const {
    const auto at = ids_.find(name);
    return at == ids_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<std::string> set_ids::name_of(std::uint16_t id) const {
    for (const auto& [name, other] : ids_)
        if (other == id)
            return name;
    return std::nullopt;
}

result<void> look_up(set_ids& ids, const std::string& name) {
    if (ids.id_of(name))
        return {};
    const file_descriptor socket(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
    if (!socket)
        return refusal("raw socket", errno);
    ip_set_req_get_set_family request{};
    request.op = IP_SET_OP_GET_FNAME;
    request.version = IPSET_PROTOCOL_MIN;
    std::strncpy(request.set.name, name.c_str(), sizeof request.set.name - 1);
    socklen_t size = sizeof request;
    if (::getsockopt(socket.get(), SOL_IP, SO_IP_SET, &request, &size) != 0)
        return refusal("index of set " + name, errno);
    if (request.set.index == IPSET_INVALID_ID)
        return refusal("index of set " + name, ENOENT);
    ids.add(name, request.set.index);
    return {};
}

} // namespace nodewall::netfilter
