// What mangle_snapshot.hpp dispatches to: libiptc and libip6tc, one .cpp for each.
#pragma once

#include "netfilter/mangle_snapshot.hpp"

namespace nodewall::netfilter {

struct mangle_family {
    int domain; // of sockets
    result<std::unique_ptr<mangle_snapshot>> (*take)(const set_ids& ids);
    result<void> (*probe)();
};

const mangle_family& ipv4_mangle();
const mangle_family& ipv6_mangle();

} // namespace nodewall::netfilter
