#include "model/tier.hpp"

#include <algorithm>
#include <string_view>
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

namespace {

/// Whether every port of the protocol, or of `match`, is among those that `pod` declares by the
/// names in `names`; so one port more than it declares tells.
bool all_named(const port_match& match, const std::vector<port_match>& names, protocol p,
               const pod_object& pod) {
    const auto named = [&](std::uint32_t port) {
        return std::any_of(names.begin(), names.end(), [&](const port_match& name) {
            return name.covers(p, static_cast<std::uint16_t>(port), pod);
        });
    };
    if (!match.name.empty())
        return std::all_of(pod.ports.begin(), pod.ports.end(), [&](const container_port& own) {
            return own.name != match.name || own.proto != p || named(own.port);
        });
    std::uint32_t port = std::max<std::uint32_t>(match.first, 1);
    while (port <= match.last && named(port))
        ++port;
    return port > match.last;
}

} // namespace

bool tier_rule::covers(protocol p, std::uint16_t port, const pod_object& pod) const {
    static const port_match every;
    const auto excepted = std::any_of(not_ports.begin(), not_ports.end(),
                                      [&](const port_match& m) { return m.covers(p, port, pod); });
    const bool wholly = port == 0 && (then == action::deny || then == action::pass);
    if (excepted && (port != 0 || wholly))
        return false;
    // Port 0: of those that are excepted, some port must be left.
    const auto left = [&](const port_match& match) {
        return !excepted || !all_named(match, not_ports, p, pod);
    };
    if (any_port)
        return left(every);
    return std::any_of(ports.begin(), ports.end(), [&](const port_match& match) {
        return match.covers(p, port, pod) && left(match) &&
               (!wholly || (match.name.empty() && match.first <= 1 && match.last == 65535));
    });
}

bool operator==(const policy& a, const policy& b) {
    const auto content = [](const policy& p) {
        return std::tie(p.id, p.kind, p.in, p.order, p.behind_equals, p.subject, p.ingress_applies,
                        p.egress_applies, p.admits_itself, p.admits_own_node, p.staged, p.ingress,
                        p.egress, p.not_understood, p.over_budget, p.rests_on);
    };
    return content(a) == content(b);
}

std::string policy::describe() const {
    return kind + ' ' + id.key.to_string();
}

namespace {

/// Among tiers of one order: Calico's words for those of Kubernetes' own kinds.
std::string_view name_in_order(const tier& t) {
    if (t == admin_tier)
        return "kube-admin";
    if (t == baseline_tier)
        return "kube-baseline";
    return t.name;
}

} // namespace

bool policy::asked_before(const policy& a, const policy& b) {
    if (a.in.order != b.in.order)
        return a.in.order < b.in.order;
    if (const auto names = name_in_order(a.in) <=> name_in_order(b.in); names != 0)
        return names < 0;
    const auto place = [](const policy& p) {
        return std::tie(p.in, p.order, p.behind_equals, p.id.key.name, p.id.key.namespace_,
                        p.id.stream);
    };
    return place(a) < place(b);
}

} // namespace nodewall::model
