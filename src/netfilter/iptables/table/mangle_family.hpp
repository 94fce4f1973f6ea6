// What table_snapshot.hpp dispatches to: libiptc and libip6tc, one .cpp for each.
#pragma once

#include "netfilter/iptables/table/snapshot.hpp"

namespace nodewall::netfilter::iptables {

struct mangle_family {
    int domain; // of sockets
    result<std::unique_ptr<table_snapshot>> (*take)(const set_ids& ids);
    result<void> (*probe)();
};

const mangle_family& ipv4_mangle();
const mangle_family& ipv6_mangle();

} // namespace nodewall::netfilter::iptables
