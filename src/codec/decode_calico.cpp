// What is not understood in what a policy selects makes it select nobody.
#include "codec/decode_calico.hpp"

#include "codec/decode.hpp"
#include "codec/narrow.hpp"
#include "model/calico_selector.hpp"

#include <fmt/core.h>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace nodewall::codec {

namespace {

double read_order(const dom::value& field) {
    return field.present() ? field.number() : model::last_order;
}

/// `types`: absent, each direction that has rules, and ingress where none has.
void read_directions(const dom::value& types, model::calico_policy_spec& says) {
    const auto before = types.noted();
    bool given = false;
    types.each([&](const dom::value& type) {
        given = true;
        if (type.text() == "Ingress")
            says.ingress_applies = true;
        else if (type.text() == "Egress")
            says.egress_applies = true;
        else
            type.complain(fmt::format("is '{}', not Ingress or Egress", type.text()));
    });
    if (types.noted() != before) {
        says.ingress_applies = says.egress_applies = true;
    } else if (!given) {
        says.egress_applies = !says.egress.empty();
        says.ingress_applies = !says.ingress.empty() || says.egress.empty();
    }
}

void decode_calico_policy(const dom::value& object, model::policy_object& out) {
    model::calico_policy_spec says;
    const auto spec = object["spec"];
    const auto before = object.noted();
    says.selector = read_calico_selector(spec["selector"]);
    if (object.noted() != before)
        says.selector = model::calico_selector{.invalid = "spec is not an object"};
    says.namespaces = read_calico_namespaces(spec["namespaceSelector"]);
    says.accounts = read_calico_selector(spec["serviceAccountSelector"]);
    const auto noted = object.noted();
    if (const auto tier = spec["tier"].text(); !tier.empty())
        says.tier = tier;
    says.order = read_order(spec["order"]);
    says.place_unknown = object.noted() != noted;
    const auto ingress = spec["ingress"];
    ingress.each([&](const dom::value& r) { says.ingress.push_back(read_calico_rule(r)); });
    const auto egress = spec["egress"];
    egress.each([&](const dom::value& r) { says.egress.push_back(read_calico_rule(r)); });
    read_directions(spec["types"], says);
    if (spec["preDNAT"].boolean())
        says.of_hosts_alone = "preDNAT";
    else if (spec["doNotTrack"].boolean())
        says.of_hosts_alone = "doNotTrack";
    says.on_forward = spec["applyOnForward"].boolean();
    if (spec.present())
        spec.require_only({"tier", "order", "selector", "namespaceSelector",
                           "serviceAccountSelector", "types", "ingress", "egress", "preDNAT",
                           "doNotTrack", "applyOnForward", "performanceHints", "stagedAction"});
    out.document = model::make_document(std::move(says));
}

/// A staged policy that would be deleted or only learned from has nothing to say.
template <void (*decode)(const dom::value&, model::policy_object&)>
void decode_staged(const dom::value& object, model::policy_object& out) {
    decode(object, out);
    out.staged = true;
    const auto spec = object["spec"];
    const auto action = spec["stagedAction"];
    if (const auto text = action.text(); !text.empty() && text != "Set")
        action.complain(fmt::format("is '{}': what would be set alone is told", text));
}

void decode_tier(const dom::value& object, model::policy_object& out) {
    const auto spec = object["spec"];
    model::calico_tier_spec says{.order = read_order(spec["order"])};
    const auto at_end = spec["defaultAction"];
    const auto text = at_end.text();
    if (text == "Pass")
        says.at_end = model::tier_end::next;
    else if (!text.empty() && text != "Deny")
        at_end.complain(fmt::format("is '{}', not Deny or Pass", text));
    out.document = model::make_document(says);
}

void decode_network_set(const dom::value& object, model::policy_object& out) {
    model::network_set_spec says;
    const auto spec = object["spec"];
    const auto nets = spec["nets"];
    nets.each([&](const dom::value& net) { add_calico_net(net, says.nets); });
    out.document = model::make_document(std::move(says));
}

void decode_host_endpoint(const dom::value& object, model::policy_object& out) {
    object["spec"].complain("is not enforced: nodewall judges connections of pods, not of hosts");
    out.document = model::make_document(model::no_spec{});
}

void decode_nothing(const dom::value& /*object*/, model::policy_object& out) {
    out.document = model::make_document(model::no_spec{});
}

} // namespace

void add_calico_kinds(kind_registry& to) {
    struct kind {
        const char *resource, *name;
        bool namespaced, part;
        void (*decode)(const dom::value&, model::policy_object&);
    };
    static constexpr kind kinds[] = {
        {"tiers", "Tier", false, true, decode_tier},
        {"globalnetworkpolicies", "GlobalNetworkPolicy", false, false, decode_calico_policy},
        {"networkpolicies", "NetworkPolicy", true, false, decode_calico_policy},
        {"stagedglobalnetworkpolicies", "StagedGlobalNetworkPolicy", false, false,
         decode_staged<decode_calico_policy>},
        {"stagednetworkpolicies", "StagedNetworkPolicy", true, false,
         decode_staged<decode_calico_policy>},
        {"stagedkubernetesnetworkpolicies", "StagedKubernetesNetworkPolicy", true, false,
         decode_staged<decode_network_policy>},
        {"globalnetworksets", "GlobalNetworkSet", false, true, decode_network_set},
        {"networksets", "NetworkSet", true, true, decode_network_set},
        {"hostendpoints", "HostEndpoint", false, true, decode_host_endpoint},
    };
    std::vector<std::string> groups(std::begin(model::calico_groups),
                                    std::end(model::calico_groups));
    for (const bool stored : {false, true}) {
        const auto& group = groups[stored ? 1 : 0];
        for (const auto& each : kinds)
            to.add({.group = group,
                    .versions = {stored ? "v1" : "v3"},
                    .resource = each.resource,
                    .object_kind = each.name,
                    .namespaced = each.namespaced,
                    .decode = decoder_of(each.decode),
                    .older_groups = {},
                    .role = stored ? kind_row::twin::stored : kind_row::twin::offered,
                    .twin_group = groups[stored ? 0 : 1],
                    .part_of_policies = each.part,
                    .core = {}});
    }
    to.add({.group = {},
            .versions = {"v1"},
            .resource = std::string(model::service_account_stream),
            .object_kind = "ServiceAccount",
            .decode = decoder_of(decode_nothing),
            .kept = &kept_of_service_account,
            .older_groups = {},
            .only_beside = std::move(groups),
            .part_of_policies = true,
            .core = {}});
}

} // namespace nodewall::codec
