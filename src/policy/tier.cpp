#include "policy/tier.hpp"

#include <algorithm>

namespace nodewall::policy {

bool port_match::covers(model::protocol p, std::uint16_t port, const model::pod_object& pod) const {
    if (proto != p)
        return false;
    if (name.empty())
        return port == 0 || (first <= port && port <= last);
    return std::any_of(pod.ports.begin(), pod.ports.end(), [&](const model::container_port& own) {
        return own.name == name && own.proto == p && (port == 0 || own.port == port);
    });
}

bool rule::covers(model::protocol p, std::uint16_t port, const model::pod_object& pod) const {
    return any_port || std::any_of(ports.begin(), ports.end(), [&](const port_match& match) {
               return match.covers(p, port, pod);
           });
}

} // namespace nodewall::policy
