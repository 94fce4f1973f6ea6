// How many new connections a second a node takes, judged from a client on the other end of a wire.
//
//   connection_probe listen PORT
//       accepts connections and closes them, until it is killed
//   connection_probe connect ADDRESS PORT PORTS SOURCE SOURCES COUNT
//       COUNT connections, one after another, each closed by a reset once it stands
//   connection_probe flood ADDRESS PORT PORTS SOURCE SOURCES COUNT
//       COUNT datagrams of as many connections, as fast as they go out
//
// The connections take turns with PORTS ports from PORT on, and with SOURCES source addresses from
// SOURCE on, which `connect` needs on an interface. The last two print connections a second.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

[[noreturn]] void fail(const char* what) {
    throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

/// A socket closed at the end of its life.
class socket_handle {
public:
    explicit socket_handle(int descriptor) : descriptor_(descriptor) {
        if (descriptor_ < 0)
            fail("socket");
    }
    ~socket_handle() { close(descriptor_); }
    socket_handle(const socket_handle&) = delete;
    socket_handle& operator=(const socket_handle&) = delete;
    int get() const { return descriptor_; }

    template <class T> void set(int level, int option, const T& value) const {
        if (setsockopt(descriptor_, level, option, &value, sizeof value) != 0)
            fail("setsockopt");
    }

private:
    int descriptor_;
};

const sockaddr* as_sockaddr(const sockaddr_in& a) {
    return reinterpret_cast<const sockaddr*>(&a);
}

/// In host byte order.
std::uint32_t parse_address(const char* text) {
    in_addr address{};
    if (inet_pton(AF_INET, text, &address) != 1)
        throw std::runtime_error(std::string("not an IPv4 address: ") + text);
    return ntohl(address.s_addr);
}

sockaddr_in to_sockaddr(std::uint32_t address, std::uint16_t port) {
    sockaddr_in made{};
    made.sin_family = AF_INET;
    made.sin_addr.s_addr = htonl(address);
    made.sin_port = htons(port);
    return made;
}

/// The connections to make.
struct plan {
    std::uint32_t address = 0;
    std::uint16_t port = 0;
    std::uint32_t ports = 1;
    std::uint32_t source = 0;
    std::uint32_t sources = 1;
    std::uint32_t count = 0;

    std::uint16_t port_of(std::uint32_t n) const {
        return static_cast<std::uint16_t>(port + n % ports);
    }
    std::uint32_t source_of(std::uint32_t n) const { return source + n % sources; }
};

void accept_connections(std::uint16_t port) {
    const socket_handle listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    listener.set(SOL_SOCKET, SO_REUSEADDR, 1);
    const auto own = to_sockaddr(INADDR_ANY, port);
    if (bind(listener.get(), as_sockaddr(own), sizeof own) != 0 ||
        listen(listener.get(), 4096) != 0)
        fail("listen");
    std::puts("ready");
    std::fflush(stdout);
    for (;;) {
        const int accepted = accept(listener.get(), nullptr, nullptr);
        if (accepted >= 0)
            close(accepted);
    }
}

void make_connections(const plan& p) {
    for (std::uint32_t n = 0; n < p.count; ++n) {
        const socket_handle client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        client.set(SOL_SOCKET, SO_LINGER, linger{1, 0});
        client.set(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
        const auto own = to_sockaddr(p.source_of(n), 0);
        const auto to = to_sockaddr(p.address, p.port_of(n));
        if (bind(client.get(), as_sockaddr(own), sizeof own) != 0)
            fail("bind");
        if (::connect(client.get(), as_sockaddr(to), sizeof to) != 0)
            fail("connect");
    }
}

struct datagram {
    ip header{};
    udphdr udp{};
};

datagram make_datagram(const plan& p, std::uint32_t n) {
    constexpr std::uint32_t first_port = 1024;
    datagram made;
    made.header.ip_v = 4;
    made.header.ip_hl = sizeof(ip) / 4;
    made.header.ip_len = htons(sizeof(datagram));
    made.header.ip_ttl = 64;
    made.header.ip_p = IPPROTO_UDP;
    made.header.ip_src.s_addr = htonl(p.source_of(n));
    made.header.ip_dst.s_addr = htonl(p.address);
    made.udp.uh_sport = htons(static_cast<std::uint16_t>(first_port + n % (65536 - first_port)));
    made.udp.uh_dport = htons(p.port_of(n));
    made.udp.uh_ulen = htons(sizeof(udphdr)); // a checksum of 0: there is none
    return made;
}

void flood(const plan& p) {
    constexpr std::uint32_t at_once = 64;
    const socket_handle raw(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
    auto to = to_sockaddr(p.address, 0);
    std::array<datagram, at_once> datagrams;
    std::array<iovec, at_once> parts{};
    std::array<mmsghdr, at_once> messages{};
    for (std::uint32_t i = 0; i < at_once; ++i) {
        parts[i] = {&datagrams[i], sizeof(datagram)};
        messages[i].msg_hdr.msg_name = &to;
        messages[i].msg_hdr.msg_namelen = sizeof to;
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    for (std::uint32_t n = 0; n < p.count;) {
        std::uint32_t i = 0;
        for (; i < at_once && n + i < p.count; ++i)
            datagrams[i] = make_datagram(p, n + i);
        const int sent = sendmmsg(raw.get(), messages.data(), i, 0);
        if (sent <= 0)
            fail("sendmmsg");
        n += static_cast<std::uint32_t>(sent);
    }
}

std::uint32_t number(const char* text) {
    return static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

} // namespace

int main(int argc, char** argv) {
    try {
        const std::string_view mode = argc > 1 ? argv[1] : "";
        if (mode == "listen" && argc == 3) {
            accept_connections(static_cast<std::uint16_t>(number(argv[2])));
            return 0;
        }
        if ((mode != "connect" && mode != "flood") || argc != 8) {
            std::fprintf(stderr, "usage: connection_probe listen PORT | connect|flood ADDRESS PORT "
                                 "PORTS SOURCE SOURCES COUNT\n");
            return 2;
        }
        const plan p{.address = parse_address(argv[2]),
                     .port = static_cast<std::uint16_t>(number(argv[3])),
                     .ports = number(argv[4]),
                     .source = parse_address(argv[5]),
                     .sources = number(argv[6]),
                     .count = number(argv[7])};
        const auto begun = std::chrono::steady_clock::now();
        mode == "connect" ? make_connections(p) : flood(p);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
        std::printf("%.0f\n", p.count / took.count());
        return 0;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "connection_probe: %s\n", e.what());
        return 1;
    }
}
