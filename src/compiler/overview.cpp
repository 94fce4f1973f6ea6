#include "compiler/overview.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace nodewall::compiler {

namespace {

using applies_flag = bool model::policy::*;
using rule_list = std::vector<model::tier_rule> model::policy::*;

policy_name name_of(const model::policy& policy) {
    return {policy.kind, policy.id.key};
}

bool admits_everyone(const model::policy& policy, rule_list rules) {
    return std::ranges::any_of(policy.*rules, [](const model::tier_rule& rule) {
        return rule.then == model::action::allow && rule.speaks_of_all() && rule.any_port &&
               rule.not_ports.empty();
    });
}

/// Of a tier that denies what no rule of it decides: policies that select every pod of one
/// namespace.
isolation_overview default_of(const std::vector<const model::policy*>& policies,
                              applies_flag applies, rule_list rules) {
    isolation_overview found;
    bool opened = false;
    for (const auto* policy : policies) {
        if (!(policy->*applies) || policy->staged || policy->in.at_end != model::tier_end::deny ||
            !policy->subject.pods.selects_everything())
            continue;
        found.policies.push_back(name_of(*policy));
        opened = opened || admits_everyone(*policy, rules);
    }
    found.denied = !found.policies.empty() && !opened;
    return found;
}

std::string exemption_of(const model::pod_object& pod) {
    if (pod.host_network)
        return "hostNetwork: its address is the node's";
    if (pod.finished())
        return "it has finished: its address may belong to another pod";
    return pod.addresses.empty() ? "it has no address yet" : "";
}

pod_overview overview_of(const model::pod_object& pod, const model::cluster_state& state) {
    pod_overview out{.key = pod.meta.key,
                     .addresses = pod.addresses,
                     .node = pod.node_name,
                     .exempt = exemption_of(pod),
                     .ingress = {},
                     .egress = {}};
    const auto selecting = state.resolved.policies_of_pod.find(&pod);
    if (selecting == state.resolved.policies_of_pod.end())
        return out;
    for (const auto* policy : selecting->second) {
        if (policy->staged)
            continue;
        if (policy->ingress_applies)
            out.ingress.policies.push_back(name_of(*policy));
        if (policy->egress_applies)
            out.egress.policies.push_back(name_of(*policy));
    }
    out.ingress.denied = !out.ingress.policies.empty();
    out.egress.denied = !out.egress.policies.empty();
    return out;
}

std::vector<namespace_overview> namespaces_of(const model::cluster_state& state,
                                              const std::vector<pod_overview>& pods) {
    // A namespace may be known by its policies and pods alone: imports need not bring the object.
    std::map<std::string, namespace_overview> all;
    std::map<std::string, std::vector<const model::policy*>> policies;
    for (const auto& [key, object] : state.objects.namespaces)
        all[key.name];
    for (const auto& [id, policy] : state.resolved.policies)
        if (!policy.subject.namespaces) {
            all[policy.subject.namespace_];
            policies[policy.subject.namespace_].push_back(&policy);
        }
    for (const auto& pod : pods) {
        auto& space = all[pod.key.namespace_];
        if (!pod.exempt.empty())
            continue;
        ++space.pods;
        space.isolated_ingress += pod.ingress.denied ? 1 : 0;
        space.isolated_egress += pod.egress.denied ? 1 : 0;
    }
    std::vector<namespace_overview> list;
    for (auto& [name, space] : all) {
        space.name = name;
        space.ingress =
            default_of(policies[name], &model::policy::ingress_applies, &model::policy::ingress);
        space.egress =
            default_of(policies[name], &model::policy::egress_applies, &model::policy::egress);
        list.push_back(std::move(space));
    }
    return list;
}

policy_overview overview_of(const model::policy& policy, const model::cluster_state& state) {
    const auto selected = state.resolved.queries.find(policy.subject);
    return {.name = name_of(policy),
            .tier = policy.in.name,
            .seq = policy.seq,
            .ingress = policy.ingress_applies,
            .egress = policy.egress_applies,
            .pods = selected == state.resolved.queries.end() ? 0 : selected->second.size(),
            .not_understood = policy.not_understood};
}

backend_overview overview_of(const backend& b, const program& says) {
    backend_overview out{.what = b.what,
                         .pod = {},
                         .addresses = {b.address},
                         .port = b.port,
                         .local = b.local,
                         .admits = &says};
    if (b.pod != nullptr) {
        out.pod = b.pod->meta.key;
        out.addresses = b.pod->addresses;
    }
    return out;
}

door_overview overview_of(compiled_door door) {
    using status = door_overview::status;
    const auto& what = *door.what;
    door_overview out;
    out.stands = !what.mixed.empty()               ? status::mixed
                 : what.decision.admits_everyone() ? status::open
                                                   : status::shut;
    out.remark = what.mixed;
    if (door.never_shut) {
        out.stands = status::open;
        out.remark = "a vital port of the host: it is never shut";
    }
    for (const auto* policy : what.policies)
        out.policies.push_back(name_of(*policy));
    for (const auto& told : what.backends)
        for (const auto& b : told.backends)
            out.backends.push_back(overview_of(b, told.says));
    std::ranges::sort(out.backends, [](const auto& a, const auto& b) {
        return std::tie(a.pod, a.addresses, a.port) < std::tie(b.pod, b.addresses, b.port);
    });
    out.compiled = std::move(door);
    return out;
}

} // namespace

std::string_view to_string(door_overview::status s) {
    switch (s) {
    case door_overview::status::open:
        return "open";
    case door_overview::status::shut:
        return "shut";
    case door_overview::status::mixed:
        break;
    }
    return "mixed";
}

sources_overview overview_of(const sources& who) {
    sources_overview out{.everyone = who.anyone, .blocks = who.blocks.blocks(), .pods = {}};
    for (const auto& set : who.sets)
        if (const auto* query = set->query())
            out.pods.push_back(*query);
        else
            for (const auto& block : std::get<std::vector<model::cidr>>(set->means))
                out.blocks.push_back(block);
    std::ranges::sort(out.blocks);
    return out;
}

overview look_over(const model::cluster_state& state, const compiler& compiled) {
    overview all;
    for (const auto& [key, pod] : state.objects.pods)
        all.pods.push_back(overview_of(pod, state));
    all.namespaces = namespaces_of(state, all.pods);
    for (const auto& [id, policy] : state.resolved.policies)
        all.policies.push_back(overview_of(policy, state));
    for (auto& door : compiled.doors())
        all.doors.push_back(overview_of(std::move(door)));
    all.findings = compiled.findings();
    return all;
}

} // namespace nodewall::compiler
