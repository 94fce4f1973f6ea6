#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "netfilter/iptables/xt/set_ids.hpp"

#include "netfilter/iptables/kernel/file_descriptor.hpp"
#include "netfilter/iptables/kernel/refusal.hpp"

#include <sys/socket.h>

#include <linux/netfilter/ipset/ip_set.h>

#include <cerrno>
#include <cstring>

namespace nodewall::netfilter::iptables {

void set_ids::add(std::string name, std::uint16_t id) {
    names_.insert_or_assign(id, name);
    ids_.insert_or_assign(std::move(name), id);
}

void set_ids::clear() {
    ids_.clear();
    names_.clear();
}

std::optional<std::uint16_t> set_ids::id_of(std::string_view name) const {
    const auto at = ids_.find(std::string(name));
    return at == ids_.end() ? std::nullopt : std::optional(at->second);
}

const std::string* set_ids::name_of(std::uint16_t id) const {
    const auto at = names_.find(id);
    return at == names_.end() ? nullptr : &at->second;
}

result<set_ids> read_set_ids() {
    const file_descriptor socket(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
    if (!socket)
        return refusal("raw socket", errno);
    set_ids ids;
    for (std::uint32_t id = 0; id < IPSET_INVALID_ID; ++id) {
        ip_set_req_get_set request{};
        request.op = IP_SET_OP_GET_BYINDEX;
        request.version = IPSET_PROTOCOL_MIN;
        request.set.index = static_cast<ip_set_id_t>(id);
        socklen_t size = sizeof request;
        if (::getsockopt(socket.get(), SOL_IP, SO_IP_SET, &request, &size) != 0) {
            if (errno == EINVAL) // behind the last index that the kernel has room for
                break;
            return refusal("name of set number " + std::to_string(id), errno);
        }
        const std::string name(request.set.name,
                               ::strnlen(request.set.name, sizeof request.set.name));
        if (!name.empty())
            ids.add(name, static_cast<std::uint16_t>(id));
    }
    return ids;
}

} // namespace nodewall::netfilter::iptables
