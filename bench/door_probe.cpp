// Judges a front door by packets: one datagram after another at a steady rate, each from a source
// port of its own, so that each is a connection of its own to the kernel. The first or the last one
// that comes through tells the instant at which the door opened or shut.
//
//   door_probe send ADDRESS PORT RATE SECONDS    datagrams that carry the time of sending
//   door_probe receive PORT                             a line "SENT_NS RECEIVED_NS" for each
//
// Times are CLOCK_MONOTONIC in nanoseconds, which network namespaces share.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

std::int64_t now_ns() {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

void sleep_until(std::int64_t when_ns) {
    const timespec t{when_ns / 1'000'000'000, when_ns % 1'000'000'000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, nullptr);
}

[[noreturn]] void fail(const char* what) {
    throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

/// A socket closed at the end of its life.
class udp_socket {
public:
    udp_socket() : descriptor_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        if (descriptor_ < 0)
            fail("socket");
    }
    ~udp_socket() { close(descriptor_); }
    udp_socket(const udp_socket&) = delete;
    udp_socket& operator=(const udp_socket&) = delete;
    int get() const { return descriptor_; }

private:
    int descriptor_;
};

sockaddr_in address_of(const char* text, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    if (inet_pton(AF_INET, text, &address.sin_addr) != 1)
        throw std::runtime_error(std::string("not an IPv4 address: ") + text);
    return address;
}

const sockaddr* as_sockaddr(const sockaddr_in& a) {
    return reinterpret_cast<const sockaddr*>(&a);
}

void send_datagrams(const sockaddr_in& to, int rate, int seconds) {
    constexpr std::uint16_t first_port = 10000;
    constexpr std::uint16_t ports = 50000;
    const auto begin = now_ns();
    const auto count = static_cast<std::int64_t>(rate) * seconds;
    for (std::int64_t i = 0; i < count; ++i) {
        sleep_until(begin + i * 1'000'000'000LL / rate);
        const udp_socket from;
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_port = htons(static_cast<std::uint16_t>(first_port + i % ports));
        if (bind(from.get(), as_sockaddr(own), sizeof own) != 0)
            continue; // the port is in use by somebody else: the next one will do
        const auto sent = now_ns();
        sendto(from.get(), &sent, sizeof sent, 0, as_sockaddr(to), sizeof to);
    }
}

void receive_datagrams(std::uint16_t port) {
    const udp_socket socket;
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_port = htons(port);
    if (bind(socket.get(), as_sockaddr(own), sizeof own) != 0)
        fail("bind");
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    for (;;) {
        std::int64_t sent = 0;
        if (recv(socket.get(), &sent, sizeof sent, 0) == sizeof sent)
            std::printf("%lld %lld\n", static_cast<long long>(sent),
                        static_cast<long long>(now_ns()));
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        const std::string_view mode = argc > 1 ? argv[1] : "";
        if (mode == "send" && argc == 6) {
            send_datagrams(address_of(argv[2], static_cast<std::uint16_t>(std::atoi(argv[3]))),
                           std::atoi(argv[4]), std::atoi(argv[5]));
        } else if (mode == "receive" && argc == 3) {
            receive_datagrams(static_cast<std::uint16_t>(std::atoi(argv[2])));
        } else {
            std::fprintf(stderr,
                         "usage: door_probe send ADDRESS PORT RATE SECONDS | receive PORT\n");
            return 2;
        }
        return 0;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "door_probe: %s\n", e.what());
        return 1;
    }
}
