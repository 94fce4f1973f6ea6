#include "compiler/overview.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace nodewall::compiler {

namespace {

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
            out.ingress.policies.add(*policy);
        if (policy->egress_applies)
            out.egress.policies.add(*policy);
    }
    out.ingress.denied = isolated(pod, &model::policy::ingress_applies, state);
    out.egress.denied = isolated(pod, &model::policy::egress_applies, state);
    return out;
}

policy_overview overview_of(const model::policy& policy, const model::cluster_state& state) {
    const auto selected = state.resolved.queries.find(policy.subject);
    return {.name = policy_name_of(policy),
            .tier = policy.in.name,
            .order = policy.order,
            .seq = policy.seq,
            .staged = policy.staged,
            .ingress = policy.ingress_applies,
            .egress = policy.egress_applies,
            .pods = selected == state.resolved.queries.end() ? 0 : selected->second.size(),
            .not_understood = policy.not_understood,
            .over_budget = policy.over_budget};
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

door_overview::status status_of(const judgement& what) {
    using status = door_overview::status;
    return !what.mixed.empty()               ? status::mixed
           : what.decision.admits_everyone() ? status::open
                                             : status::shut;
}

/// How doors would stand if the staged policies were enforced, for those that would stand
/// otherwise.
void add_staged(std::vector<door_overview>& doors, const model::cluster_state& state,
                const compiler& compiled) {
    compiler as_if(compiled.settings(), staged_policies::enforced);
    (void)as_if.compile(state);
    auto would = as_if.doors();
    for (auto& door : doors) {
        const auto& now = door.compiled;
        const auto at = std::ranges::find(would, now.door, &compiled_door::door);
        if (at != would.end() && !now.never_shut && at->what->decision != now.what->decision)
            door.staged = {status_of(*at->what), at->what};
    }
}

door_overview overview_of(compiled_door door) {
    using status = door_overview::status;
    const auto& what = *door.what;
    door_overview out;
    out.stands = status_of(what);
    out.remark = what.mixed;
    if (door.never_shut) {
        out.stands = status::open;
        out.remark = "a vital port of the host: it is never shut";
    }
    for (const auto* policy : what.policies)
        out.policies.add(*policy);
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
    all.namespaces = namespaces_of(state);
    for (const auto& [id, policy] : state.resolved.policies)
        all.policies.push_back(overview_of(policy, state));
    for (auto& door : compiled.doors())
        all.doors.push_back(overview_of(std::move(door)));
    if (std::ranges::any_of(state.resolved.policies,
                            [](const auto& entry) { return entry.second.staged; }))
        add_staged(all.doors, state, compiled);
    all.findings = compiled.findings();
    return all;
}

} // namespace nodewall::compiler
