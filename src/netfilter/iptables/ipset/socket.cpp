#include "netfilter/iptables/ipset/socket.hpp"

#include <libmnl/libmnl.h>
#include <sys/socket.h>

#include <cerrno>

namespace nodewall::netfilter::iptables {

namespace {

/// Larger than the kernel makes one part of a dump.
constexpr std::size_t answer_bytes = 64U << 10U;

} // namespace

void ipset_socket::close_socket::operator()(mnl_socket* socket) const {
    mnl_socket_close(socket);
}

int ipset_socket::open() {
    if (socket_)
        return 0;
    decltype(socket_) socket(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC));
    if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) != 0)
        return errno;
    // Errors need not bring the whole request back.
    const int on = 1;
    mnl_socket_setsockopt(socket.get(), NETLINK_CAP_ACK, const_cast<int*>(&on), sizeof on);
    socket_ = std::move(socket);
    buffer_.resize(answer_bytes);
    return 0;
}

int ipset_socket::exchange(ipset_message& request, const visitor& visit) {
    int failed = open();
    if (failed == 0)
        failed = converse(request.header(), visit);
    if (failed != 0)
        socket_.reset(); // with whatever is still to be read from it
    return failed;
}

int ipset_socket::converse(nlmsghdr& request, const visitor& visit) {
    request.nlmsg_seq = ++sequence_;
    if (mnl_socket_sendto(socket_.get(), &request, request.nlmsg_len) < 0)
        return errno;
    const auto pass_on = [](const nlmsghdr* message, void* to) {
        if (const auto& call = *static_cast<const visitor*>(to))
            call(*message);
        return MNL_CB_OK;
    };
    const auto port = mnl_socket_get_portid(socket_.get());
    for (;;) {
        const auto size = mnl_socket_recvfrom(socket_.get(), buffer_.data(), buffer_.size());
        if (size < 0)
            return errno;
        const int state = mnl_cb_run(buffer_.data(), static_cast<std::size_t>(size), sequence_,
                                     port, pass_on, const_cast<visitor*>(&visit));
        if (state == MNL_CB_ERROR)
            return errno;
        if (state == MNL_CB_STOP)
            return 0;
    }
}

} // namespace nodewall::netfilter::iptables
