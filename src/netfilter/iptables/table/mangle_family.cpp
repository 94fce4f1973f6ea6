#include "netfilter/iptables/table/mangle_family.hpp"

#include "netfilter/iptables/kernel/file_descriptor.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace nodewall::netfilter::iptables {

namespace {

const mangle_family& functions_of(model::family f) {
    return f == model::family::ipv4 ? ipv4_mangle() : ipv6_mangle();
}

} // namespace

result<std::unique_ptr<table_snapshot>> take_snapshot(model::family f, const set_ids& ids) {
    return functions_of(f).take(ids);
}

bool has_family(model::family f) {
    const file_descriptor socket(::socket(functions_of(f).domain, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return socket || errno != EAFNOSUPPORT;
}

result<void> probe_mangle(model::family f) {
    return functions_of(f).probe();
}

} // namespace nodewall::netfilter::iptables
