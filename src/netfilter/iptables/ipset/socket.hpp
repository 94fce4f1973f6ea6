// The netlink socket to ipset. The request says what it wants, the answer comes message by message.
#pragma once

#include "netfilter/iptables/ipset/message.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

struct mnl_socket;

namespace nodewall::netfilter::iptables {

class ipset_socket {
public:
    /// Called for each message of an answer.
    using visitor = std::function<void(const nlmsghdr&)>;

    /// Sends and waits for the kernel's answer: 0 or an errno, ipset's own numbers included.
    int exchange(ipset_message& request, const visitor& visit = {});

private:
    int open();
    int converse(nlmsghdr& request, const visitor& visit);

    struct close_socket {
        void operator()(mnl_socket* socket) const;
    };
    std::unique_ptr<mnl_socket, close_socket> socket_;
    std::vector<char> buffer_;
    std::uint32_t sequence_ = 0;
};

} // namespace nodewall::netfilter::iptables
