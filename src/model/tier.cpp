#include "model/tier.hpp"

#include <algorithm>
#include <tuple>

namespace nodewall::model {

std::string_view to_string(action a) {
    switch (a) {
    case action::allow:
        return "allow";
    case action::deny:
        return "deny";
    case action::pass:
        return "pass";
    case action::log:
        break;
    }
    return "log";
}

bool port_match::covers(protocol p, std::uint16_t port, const pod_object& pod) const {
    if (proto != p)
        return false;
    if (name.empty())
        return port == 0 || (first <= port && port <= last);
    return std::any_of(pod.ports.begin(), pod.ports.end(), [&](const container_port& own) {
        return own.name == name && own.proto == p && (port == 0 || own.port == port);
    });
}

bool tier_rule::covers(protocol p, std::uint16_t port, const pod_object& pod) const {
    const bool wholly = port == 0 && (then == action::deny || then == action::pass);
    return any_port || std::any_of(ports.begin(), ports.end(), [&](const port_match& match) {
               return match.covers(p, port, pod) &&
                      (!wholly || (match.name.empty() && match.first <= 1 && match.last == 65535));
           });
}

bool operator==(const policy& a, const policy& b) {
    const auto content = [](const policy& p) {
        return std::tie(p.id, p.kind, p.in, p.order, p.subject, p.ingress_applies, p.egress_applies,
                        p.admits_itself, p.admits_own_node, p.staged, p.ingress, p.egress,
                        p.not_understood);
    };
    return content(a) == content(b);
}

std::string policy::describe() const {
    return kind + ' ' + id.key.to_string();
}

bool policy::asked_before(const policy& a, const policy& b) {
    const auto place = [](const policy& p) {
        return std::tie(p.in, p.order, p.id.key.name, p.id.key.namespace_, p.id.stream);
    };
    return place(a) < place(b);
}

} // namespace nodewall::model
