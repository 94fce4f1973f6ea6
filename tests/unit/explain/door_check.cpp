#include "door_check.hpp"

#include "compiler/compiler.hpp"
#include "ruleset/evaluator.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace nodewall::test {

namespace {

constexpr std::uint16_t node_port = 31999;

const model::pod_object* pod_named(const cluster& c, std::string_view name) {
    const auto slash = name.find('/');
    if (slash == std::string_view::npos)
        return nullptr;
    const auto& pods = c.state().objects.pods;
    const auto at =
        pods.find({std::string(name.substr(0, slash)), std::string(name.substr(slash + 1))});
    return at == pods.end() ? nullptr : &at->second;
}

struct target {
    const model::pod_object* pod = nullptr;
    model::protocol proto = model::protocol::tcp;
    std::uint16_t port = 0;
};

/// "web/site TCP/8080", where the cluster has the pod.
std::optional<target> target_of(const cluster& c, std::string_view to) {
    const auto space = to.find(' ');
    const auto slash = to.rfind('/');
    if (space == std::string_view::npos || slash < space)
        return std::nullopt;
    const auto* pod = pod_named(c, to.substr(0, space));
    const auto proto = model::parse_protocol(to.substr(space + 1, slash - space - 1));
    target t{.pod = pod, .proto = proto.value_or(model::protocol::tcp), .port = 0};
    std::from_chars(to.data() + slash + 1, to.data() + to.size(), t.port);
    if (pod == nullptr || !proto || t.port == 0)
        return std::nullopt;
    return t;
}

std::vector<model::ip_address> addresses_of(const cluster& c, std::string_view from) {
    if (const auto* pod = pod_named(c, from))
        return pod->addresses;
    const auto address = model::ip_address::parse(from);
    return address ? std::vector{*address} : std::vector<model::ip_address>{};
}

/// Whether some pod or Node has the address.
bool is_known(const cluster& c, const model::ip_address& address) {
    const auto& objects = c.state().objects;
    const auto has = [&](const auto& entry) {
        return std::ranges::find(entry.second.addresses, address) != entry.second.addresses.end();
    };
    return std::ranges::any_of(objects.pods, has) || std::ranges::any_of(objects.nodes, has);
}

/// The node's own packets come back over lo.
bool is_own(const cluster& c, const model::ip_address& address) {
    const auto& nodes = c.state().objects.nodes;
    const auto node = nodes.find({"", c.settings.node_name});
    return model::cidr::parse("127.0.0.0/8").value().contains(address) ||
           (node != nodes.end() &&
            std::ranges::find(node->second.addresses, address) != node->second.addresses.end());
}

/// Whether a front door judges the source by policies, as a pod's own ingress would.
bool is_judged_alike(const cluster& c, const model::ip_address& source) {
    const auto& passing = c.settings.always_admit;
    return !is_known(c, source) && !is_own(c, source) &&
           std::ranges::none_of(passing, [&](const auto& block) { return block.contains(source); });
}

} // namespace

void expect_same_at_a_door(const cluster& c, const expectation& e) {
    const auto to = target_of(c, e.to);
    if (!to || c.has_tiered())
        return;
    for (const auto& source : addresses_of(c, e.from)) {
        const auto f = source.fam();
        const auto door = c.with_door_to(*to->pod, f, to->proto, to->port, node_port);
        if (!door)
            continue;
        const auto rules = compiler::compiler(door->settings).compile(door->state());
        const bool admitted = ruleset::evaluator(rules).admits(
            {.source = source,
             .destination = model::ip_address::parse(f == model::family::ipv4 ? "192.0.2.222"
                                                                              : "2001:db8::222")
                                .value(),
             .proto = to->proto,
             .port = node_port,
             .destination_local = true,
             .in_interface = is_own(c, source) ? "lo" : "eth0"});
        const auto asked = door->answer(
            source.to_string(), fmt::format("nodeport:{}/{}", to_string(to->proto), node_port));
        const auto where =
            fmt::format("{} ({}) to {} by its door", e.from, source.to_string(), e.to);
        ASSERT_TRUE(asked.gate_admits) << where;
        EXPECT_EQ(admitted, *asked.gate_admits) << where << "\n" << steps(asked);
        if (is_judged_alike(c, source) && (e.verdict == "allow" || e.verdict == "deny")) {
            EXPECT_EQ(admitted ? "allow" : "deny", e.verdict) << where;
        }
    }
}

} // namespace nodewall::test
