// What is not understood in a rule, unknown fields included, makes its peer, its port or all of the
// rule match nothing, and says why; it never fails the policy, which would open what it shuts. A
// type that is not understood may be either.
#include "codec/decode.hpp"
#include "codec/unread.hpp"
#include "model/network_policy.hpp"

#include <fmt/core.h>

#include <initializer_list>
#include <utility>

namespace nodewall::codec {

namespace {

model::cidr read_block(const dom::value& field) {
    field.require();
    const auto block = model::cidr::parse(field.text());
    if (!block)
        field.complain(fmt::format("is {}", block.error().message()));
    return block ? *block : model::cidr{};
}

model::ip_block read_ip_block(const dom::value& v) {
    v.require_only({"cidr", "except"});
    model::ip_block out{.block = read_block(v["cidr"])};
    const auto except = v["except"];
    except.each([&](const dom::value& block) { out.except.push_back(read_block(block)); });
    return out;
}

model::policy_peer read_peer(const dom::value& entry) {
    dom::complaints faults;
    const dom::value v(entry, faults);
    v.require_only({"ipBlock", "namespaceSelector", "podSelector"});
    const auto block = v["ipBlock"];
    const auto namespaces = v["namespaceSelector"];
    const auto pods = v["podSelector"];
    model::policy_peer peer;
    if (block.present())
        peer.block = read_ip_block(block);
    if (namespaces.present())
        peer.namespace_selector = read_selector(namespaces);
    if (pods.present())
        peer.pod_selector = read_selector(pods);
    const bool selects = peer.namespace_selector || peer.pod_selector;
    if (selects == peer.block.has_value())
        v.complain(selects ? "has an ipBlock and selectors" : "names no peer");
    if (faults.any())
        peer = {.not_understood = faults.first().detail()};
    return peer;
}

model::policy_port read_policy_port(const dom::value& entry) {
    dom::complaints faults;
    const dom::value v(entry, faults);
    v.require_only({"protocol", "port", "endPort"});
    model::policy_port out;
    out.proto = read_protocol(v["protocol"]);
    const auto port = v["port"];
    if (!port.is_text())
        out.port.number = read_port(port);
    else
        out.port.name = read_port_name(port);
    const auto end = v["endPort"];
    out.end_port = read_port(end);
    if (end.present() && (out.port.number == 0 || out.end_port < out.port.number))
        end.complain("needs a numeric port that is not above it");
    if (faults.any())
        out = {.not_understood = faults.first().detail()};
    return out;
}

model::policy_rule read_rule(const dom::value& entry, std::string_view peers_key) {
    dom::complaints faults;
    const dom::value v(entry, faults);
    v.require_only({peers_key, "ports"});
    model::policy_rule rule;
    const auto peers = v[peers_key];
    peers.each([&](const dom::value& peer) { rule.peers.push_back(read_peer(peer)); });
    const auto ports = v["ports"];
    ports.each([&](const dom::value& port) { rule.ports.push_back(read_policy_port(port)); });
    if (faults.any())
        rule = {.peers = {{.not_understood = faults.first().detail()}}};
    return rule;
}

/// The API server's default: Ingress, and Egress where a rule speaks of it.
void read_types(const dom::value& types, model::network_policy_spec& out) {
    const auto before = types.noted();
    bool given = false;
    types.each([&](const dom::value& type) {
        given = true;
        if (type.text() == "Ingress")
            out.isolates_ingress = true;
        else if (type.text() == "Egress")
            out.isolates_egress = true;
        else if (type.is_text())
            type.complain(fmt::format("is '{}', not Ingress or Egress", type.text()));
        else
            type.require();
    });
    if (types.noted() != before) {
        out.isolates_ingress = out.isolates_egress = true;
    } else if (!given) {
        out.isolates_ingress = true;
        out.isolates_egress = !out.egress.empty();
    }
}

} // namespace

void decode_network_policy(const dom::value& object, model::policy_object& out) {
    model::network_policy_spec says;
    const auto spec = object["spec"];
    const auto before = object.noted();
    says.pod_selector = read_selector(spec["podSelector"]);
    if (object.noted() != before)
        says.pod_selector = {.invalid = "spec is not an object"};
    const auto ingress = spec["ingress"];
    ingress.each([&](const dom::value& r) { says.ingress.push_back(read_rule(r, "from")); });
    const auto egress = spec["egress"];
    egress.each([&](const dom::value& r) { says.egress.push_back(read_rule(r, "to")); });
    read_types(spec["policyTypes"], says);
    // Nothing of it was ever read: it may isolate any pod of its namespace, in both directions.
    if (object.has(unread_key) && !spec.present())
        says.isolates_ingress = says.isolates_egress = true;
    out.document = model::make_document(std::move(says));
}

} // namespace nodewall::codec
