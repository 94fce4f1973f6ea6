// The cluster-wide kinds of policy.networking.k8s.io. What is not understood in any part of a rule,
// unknown fields and missing ones included, makes the whole rule not understood: an Allow must not
// open to more than it says, and a Deny that nobody understands may mean anyone. The schema of
// release v0.1.1, with its peers below `namespaces.namespaceSelector`, is not understood either.
#include "codec/decode.hpp"
#include "model/cluster_policy.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace nodewall::codec {

namespace {

using model::cluster_policy_rule;
using model::cluster_policy_spec;
using port_list = std::vector<model::port_match>;

constexpr std::array protocols{model::protocol::tcp, model::protocol::udp, model::protocol::sctp};

/// The words of a kind.
struct dialect {
    std::string_view allow;
    bool passes;                 // "Pass" is one of its actions
    bool namespaces_may_be_left; // of a `pods`: all namespaces then
    std::string_view ports_key;
    void (*read_port)(const dom::value& entry, port_list& to);
};

model::label_selector read_valid_selector(const dom::value& v, dom::complaints& faults) {
    v.require();
    auto selector = read_selector(v);
    if (!selector.invalid.empty())
        faults.note(errc::bad_field, selector.invalid);
    return selector;
}

/// {namespaceSelector, podSelector}
model::pod_query read_pods(const dom::value& v, const dialect& words, dom::complaints& faults) {
    v.require_only({"namespaceSelector", "podSelector"});
    auto query = model::pod_query::everything();
    const auto namespaces = v["namespaceSelector"];
    if (namespaces.present() || !words.namespaces_may_be_left)
        query.namespaces = read_valid_selector(namespaces, faults);
    query.pods = read_valid_selector(v["podSelector"], faults);
    return query;
}

/// The one field of `v` that is present; empty, and a complaint, where it is none or several.
std::string_view only_field(const dom::value& v, std::initializer_list<std::string_view> known) {
    v.require_only(known);
    std::string_view only;
    for (const auto name : known) {
        if (!v[name].present())
            continue;
        if (!only.empty()) {
            v.complain(fmt::format("has both {} and {}", only, name));
            return {};
        }
        only = name;
    }
    if (only.empty())
        v.complain("has no field that is understood");
    return only;
}

/// `namespaces` or `pods`, of a subject or a peer.
model::pod_query read_query(const dom::value& v, std::string_view field, const dialect& words,
                            dom::complaints& faults) {
    const auto said = v[field];
    if (field == "pods")
        return read_pods(said, words, faults);
    auto query = model::pod_query::everything();
    query.namespaces = read_valid_selector(said, faults);
    return query;
}

void read_networks(const dom::value& list, model::peers& to) {
    std::size_t count = 0;
    list.each([&](const dom::value& network) {
        ++count;
        network.require();
        if (const auto block = model::cidr::parse(network.text()))
            to.blocks.push_back({.block = *block, .except = {}});
        else
            network.complain(fmt::format("is {}", block.error().message()));
    });
    if (count == 0)
        list.complain("is empty");
}

void read_peer(const dom::value& v, bool egress, const dialect& words, dom::complaints& faults,
               model::peers& to) {
    const auto field = egress ? only_field(v, {"namespaces", "pods", "networks", "nodes"})
                              : only_field(v, {"namespaces", "pods"});
    if (field == "networks")
        read_networks(v["networks"], to);
    else if (field == "nodes")
        to.nodes.push_back(read_valid_selector(v["nodes"], faults));
    else if (!field.empty())
        to.pods.push_back(read_query(v, field, words, faults));
}

std::uint16_t read_needed_port(const dom::value& v) {
    v.require();
    return read_port(v);
}

/// `start` and `end` of `v`, inclusive.
void read_range(const dom::value& v, model::port_match& to) {
    to.first = read_needed_port(v["start"]);
    to.last = read_needed_port(v["end"]);
    if (to.last < to.first)
        v.complain("ends before it starts");
}

/// A name stands for the container port of that name, whatever its protocol.
void read_name(const dom::value& v, port_list& to) {
    const auto name = read_port_name(v);
    for (const auto proto : protocols)
        to.push_back({.proto = proto, .name = name});
}

/// portNumber {protocol, port}, portRange {protocol, start, end} or namedPort.
void read_admin_port(const dom::value& v, port_list& to) {
    const auto field = only_field(v, {"portNumber", "portRange", "namedPort"});
    if (field.empty())
        return;
    const auto said = v[field];
    if (field == "namedPort")
        return read_name(said, to);
    model::port_match match;
    match.proto = read_protocol(said["protocol"]);
    if (field == "portNumber") {
        said.require_only({"protocol", "port"});
        match.first = match.last = read_needed_port(said["port"]);
    } else {
        said.require_only({"protocol", "start", "end"});
        read_range(said, match);
    }
    to.push_back(std::move(match));
}

/// tcp, udp or sctp {destinationPort: {number | range: {start, end}}}, or destinationNamedPort.
void read_cluster_protocol(const dom::value& v, port_list& to) {
    const auto field = only_field(v, {"tcp", "udp", "sctp", "destinationNamedPort"});
    if (field.empty())
        return;
    const auto said = v[field];
    if (field == "destinationNamedPort")
        return read_name(said, to);
    said.require_only({"destinationPort"});
    model::port_match match;
    match.proto = field == "tcp"   ? model::protocol::tcp
                  : field == "udp" ? model::protocol::udp
                                   : model::protocol::sctp;
    const auto port = said["destinationPort"];
    if (port.present()) {
        const auto form = only_field(port, {"number", "range"});
        const auto number = port["number"];
        const auto range = port["range"];
        if (form == "number") {
            match.first = match.last = read_port(number);
        } else if (form == "range") {
            range.require_only({"start", "end"});
            read_range(range, match);
        }
    }
    to.push_back(std::move(match));
}

std::optional<model::action> read_rule_action(const dom::value& v, const dialect& words) {
    const auto text = v.text();
    if (text == words.allow)
        return model::action::allow;
    if (text == "Deny")
        return model::action::deny;
    if (text == "Pass" && words.passes)
        return model::action::pass;
    v.complain(v.is_text() ? fmt::format("is '{}', not {}{} or Deny", text, words.allow,
                                         words.passes ? ", Pass" : "")
                           : std::string("is missing"));
    return std::nullopt;
}

cluster_policy_rule read_rule(const dom::value& entry, bool egress, const dialect& words) {
    dom::complaints faults;
    const dom::value v(entry, faults);
    const auto peers_key = egress ? std::string_view("to") : std::string_view("from");
    cluster_policy_rule rule;
    v.require_only({"name", "action", peers_key, words.ports_key});
    rule.then = read_rule_action(v["action"], words);
    const auto peers = v[peers_key];
    std::size_t peer_count = 0;
    peers.each([&](const dom::value& peer) {
        ++peer_count;
        read_peer(peer, egress, words, faults, rule.who);
    });
    if (peer_count == 0)
        peers.complain("names no peer");
    const auto ports = v[words.ports_key];
    ports.each([&](const dom::value& port) { words.read_port(port, rule.ports); });
    if (ports.present() && rule.ports.empty())
        ports.complain("names no port");
    const auto is_named = [](const model::port_match& port) { return !port.name.empty(); };
    const bool outside_pods = !rule.who.blocks.empty() || !rule.who.nodes.empty();
    if (outside_pods && std::any_of(rule.ports.begin(), rule.ports.end(), is_named))
        ports.complain("has a named port, which networks and nodes have not");
    if (faults.any())
        rule = {
            .then = rule.then, .who = {}, .ports = {}, .not_understood = faults.first().detail()};
    return rule;
}

std::vector<cluster_policy_rule> read_rules(const dom::value& list, bool egress,
                                            const dialect& words) {
    dom::complaints faults;
    const dom::value v(list, faults);
    std::vector<cluster_policy_rule> rules;
    v.each([&](const dom::value& entry) { rules.push_back(read_rule(entry, egress, words)); });
    if (faults.any()) // of unknown content, so of any
        rules = {{.then = std::nullopt,
                  .who = {},
                  .ports = {},
                  .not_understood = faults.first().detail()}};
    return rules;
}

void read_subject(const dom::value& subject, const dialect& words, cluster_policy_spec& to) {
    dom::complaints faults;
    const dom::value v(subject, faults);
    v.require();
    if (const auto field = only_field(v, {"namespaces", "pods"}); !field.empty())
        to.subject = read_query(v, field, words, faults);
    if (faults.any()) {
        to.subject = model::pod_query::everything();
        to.subject_not_understood = faults.first().detail();
    }
}

void read_priority(const dom::value& priority, cluster_policy_spec& to) {
    constexpr std::int64_t priority_max = 1000;
    dom::complaints faults;
    const dom::value v(priority, faults);
    v.require();
    to.priority = static_cast<std::uint32_t>(v.integer(0, priority_max));
    if (faults.any())
        to.place_not_understood = faults.first().detail();
}

void read_tier(const dom::value& tier, cluster_policy_spec& to) {
    dom::complaints faults;
    const dom::value v(tier, faults);
    v.require();
    const auto text = v.text();
    if (text == "Baseline")
        to.in = model::baseline_tier;
    else if (text != "Admin")
        v.complain(fmt::format("is '{}', not Admin or Baseline", text));
    if (faults.any())
        to.place_not_understood = faults.first().detail();
}

void read_common(const dom::value& spec, const dialect& words, cluster_policy_spec& to) {
    read_subject(spec["subject"], words, to);
    to.ingress = read_rules(spec["ingress"], false, words);
    to.egress = read_rules(spec["egress"], true, words);
}

constexpr dialect admin_words{"Allow", true, false, "ports", read_admin_port};
constexpr dialect baseline_words{"Allow", false, false, "ports", read_admin_port};
constexpr dialect cluster_words{"Accept", true, true, "protocols", read_cluster_protocol};

} // namespace

void decode_admin_network_policy(const dom::value& object, model::policy_object& out) {
    cluster_policy_spec says{.in = model::admin_tier};
    const auto spec = object["spec"];
    spec.require_only({"priority", "subject", "ingress", "egress"});
    read_priority(spec["priority"], says);
    read_common(spec, admin_words, says);
    out.document = model::make_document(std::move(says));
}

void decode_baseline_admin_network_policy(const dom::value& object, model::policy_object& out) {
    cluster_policy_spec says{.in = model::baseline_tier};
    const auto spec = object["spec"];
    spec.require_only({"subject", "ingress", "egress"});
    read_common(spec, baseline_words, says);
    if (out.meta.key.name != "default")
        says.subject_not_understood = fmt::format(
            "its name is '{}', and the only one there is is 'default'", out.meta.key.name);
    out.document = model::make_document(std::move(says));
}

void decode_cluster_network_policy(const dom::value& object, model::policy_object& out) {
    cluster_policy_spec says{.in = model::admin_tier};
    const auto spec = object["spec"];
    spec.require_only({"tier", "priority", "subject", "ingress", "egress"});
    read_priority(spec["priority"], says);
    read_tier(spec["tier"], says);
    read_common(spec, cluster_words, says);
    out.document = model::make_document(std::move(says));
}

} // namespace nodewall::codec
