#include "policy/network_policy.hpp"

#include "model/network_policy.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace nodewall::policy {

namespace {

using remarks = std::vector<std::string>;

/// Nothing for an ipBlock or a peer that is not understood.
std::optional<model::pod_query> query_of(const model::policy_peer& peer,
                                         std::string_view policy_namespace) {
    if (peer.block || !peer.not_understood.empty())
        return std::nullopt;
    model::pod_query query;
    if (peer.namespace_selector)
        query.namespaces = peer.namespace_selector;
    else
        query.namespace_ = policy_namespace;
    if (peer.pod_selector)
        query.pods = *peer.pod_selector;
    return query;
}

/// The reason why one of the peer's selectors is not valid; empty where both are.
std::string invalid_selector(const model::policy_peer& peer) {
    for (const auto* selector : {&peer.namespace_selector, &peer.pod_selector})
        if (*selector && !(*selector)->invalid.empty())
            return (*selector)->invalid;
    return {};
}

model::peers translate_peers(const model::policy_rule& rule, std::string_view policy_namespace,
                             const std::string& where, remarks& remarks) {
    model::peers from{.any = rule.peers.empty(), .blocks = {}, .pods = {}};
    for (const auto& peer : rule.peers) {
        if (!peer.not_understood.empty())
            remarks.push_back(
                fmt::format("{}: a peer matches nobody: {}", where, peer.not_understood));
        else if (peer.block)
            from.blocks.push_back(*peer.block);
        else if (auto query = query_of(peer, policy_namespace))
            from.pods.push_back(std::move(*query));
    }
    return from;
}

model::port_match translate_port(const model::policy_port& port) {
    model::port_match match{.proto = port.proto, .name = port.port.name};
    if (port.port.number != 0) {
        match.first = port.port.number;
        match.last = port.end_port != 0 ? port.end_port : port.port.number;
    }
    return match;
}

std::optional<model::tier_rule> translate_rule(const model::policy_rule& from,
                                               std::string_view policy_namespace,
                                               const std::string& where, remarks& remarks) {
    for (const auto& peer : from.peers)
        if (const auto reason = invalid_selector(peer); !reason.empty()) {
            remarks.push_back(fmt::format("{} admits nobody: {}", where, reason));
            return std::nullopt;
        }
    model::tier_rule to;
    to.who = translate_peers(from, policy_namespace, where, remarks);
    to.any_port = from.ports.empty();
    for (const auto& port : from.ports) {
        if (port.not_understood.empty())
            to.ports.push_back(translate_port(port));
        else
            remarks.push_back(
                fmt::format("{}: a port matches nothing: {}", where, port.not_understood));
    }
    return to;
}

std::vector<model::tier_rule> translate_rules(const std::vector<model::policy_rule>& from,
                                              std::string_view policy_namespace,
                                              std::string_view direction, remarks& remarks) {
    std::vector<model::tier_rule> rules;
    for (std::size_t i = 0; i < from.size(); ++i)
        if (auto rule = translate_rule(from[i], policy_namespace,
                                       fmt::format("{}[{}]", direction, i), remarks)) {
            rule->index = i;
            rules.push_back(std::move(*rule));
        }
    return rules;
}

} // namespace

model::policy translate_network_policy(const model::policy_object& object) {
    const auto& spec = object.as<model::network_policy_spec>();
    const auto& namespace_ = object.meta.key.namespace_;
    model::policy to;
    to.in = model::default_tier;
    to.order = model::namespaces_order;
    // Whether a denial of Calico's of the same order counts does not depend on names; those that
    // Calico gives namespaces' own policies ("knp.default.") come behind the ones that it stores
    // ("default.").
    to.behind_equals = true;
    to.subject = {.namespace_ = namespace_, .namespaces = std::nullopt, .pods = spec.pod_selector};
    to.ingress_applies = spec.isolates_ingress;
    to.admits_itself = to.admits_own_node = true;
    to.egress_applies = spec.isolates_egress;
    if (!spec.pod_selector.invalid.empty())
        to.not_understood.push_back("selects no pod: " + spec.pod_selector.invalid);
    to.ingress = translate_rules(spec.ingress, namespace_, "ingress", to.not_understood);
    to.egress = translate_rules(spec.egress, namespace_, "egress", to.not_understood);
    return to;
}

} // namespace nodewall::policy
