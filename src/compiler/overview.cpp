#include "compiler/overview.hpp"

#include "compiler/service_judgement.hpp"
#include "compiler/united_doors.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace nodewall::compiler {

namespace {

using direction_flag = bool model::policy::*;
using direction_rules = std::vector<model::tier_rule> model::policy::*;

bool admits_everyone(const std::vector<model::tier_rule>& rules) {
    return std::ranges::any_of(rules,
                               [](const auto& rule) { return rule.who.any && rule.any_port; });
}

/// Calls f for each policy of the namespace.
template <class F>
void each_policy_in(const model::cluster_state& state, std::string_view namespace_, F f) {
    for (const auto& [id, policy] : state.resolved.policies)
        if (id.key.namespace_ == namespace_)
            f(policy);
}

isolation_overview default_of(const model::cluster_state& state, std::string_view namespace_,
                              direction_flag applies, direction_rules rules) {
    isolation_overview found;
    bool opened = false;
    each_policy_in(state, namespace_, [&](const model::policy& policy) {
        if (!(policy.*applies) || !policy.subject.pods.selects_everything())
            return;
        found.policies.push_back(policy.id.key);
        opened = opened || admits_everyone(policy.*rules);
    });
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
        if (policy->ingress_applies)
            out.ingress.policies.push_back(policy->id.key);
        if (policy->egress_applies)
            out.egress.policies.push_back(policy->id.key);
    }
    std::ranges::sort(out.ingress.policies);
    std::ranges::sort(out.egress.policies);
    out.ingress.denied = !out.ingress.policies.empty();
    out.egress.denied = !out.egress.policies.empty();
    return out;
}

admission_overview seen(const admission& a) {
    return {.everyone = a.everyone, .blocks = a.blocks.blocks(), .pods = a.pods};
}

/// The doors of all Services, each with the one that has it first (DESIGN section 5, ties).
class door_collector {
public:
    door_collector(const model::cluster_state& state, const model::gate_settings& s)
        : reader_(state, answers_), settings_(s), meetings_(state.objects, s) {}

    void add(const model::service_object& service) {
        for (const auto& judged : judge_service(service, reader_, settings_))
            claims_[judged.door].push_back({&service, judged});
    }

    std::vector<door_overview> take() {
        for (auto& [door, claims] : claims_)
            std::ranges::sort(claims, {}, [](const claim& c) {
                return std::tie(c.service->meta.created, c.service->meta.key);
            });
        std::vector<door_overview> doors;
        for (const auto& [door, claims] : claims_) {
            const auto met = met_at(door);
            const auto& first = claims.front();
            auto& out = doors.emplace_back(overview_of(
                met.size() < 2 ? first.judged : judge_as_one(door, met, reader_, settings_),
                *first.service));
            for (std::size_t i = 1; i < claims.size(); ++i)
                out.rivals.push_back(claims[i].service->meta.key);
            for (const auto& [other, service] : met)
                if (other != door)
                    out.one_with.emplace_back(other, service->meta.key);
        }
        return doors;
    }

private:
    struct claim {
        const model::service_object* service;
        judged_door judged;
    };

    /// Only external doors tell that they are one with others.
    std::vector<claimed_door> met_at(const model::layout::door& place) const {
        std::vector<claimed_door> met;
        if (place.what != model::layout::door_class::external)
            return met;
        for (const auto& door : meetings_.doors_at(place))
            if (const auto claims = claims_.find(door); claims != claims_.end())
                met.push_back({door, claims->second.front().service});
        return met;
    }

    door_overview overview_of(const judged_door& judged, const model::service_object& service) {
        using status = door_overview::status;
        const auto& verdict = judged.verdict();
        door_overview out;
        out.door = judged.door;
        out.service = service.meta.key;
        out.stands = !verdict.mixed.empty() ? status::mixed
                     : verdict.refused      ? status::shut
                                            : status::open;
        out.admits = verdict.refused
                         ? seen(verdict.admitted)
                         : admission_overview{.everyone = true, .blocks = {}, .pods = {}};
        out.remark = verdict.mixed;
        for (const auto* policy : verdict.policies)
            out.policies.push_back(policy->id.key);
        std::ranges::sort(out.policies);
        ingress_judge judge(reader_, judged.door.fam);
        for (const auto& b : judged.backends())
            out.backends.push_back(overview_of(b, judge));
        return out;
    }

    static backend_overview overview_of(const backend& b, ingress_judge& judge) {
        backend_overview out{.what = b.what,
                             .pod = {},
                             .addresses = {b.address},
                             .port = b.port,
                             .local = b.local,
                             .admits = seen(judge.admits(b))};
        if (b.pod != nullptr) {
            out.pod = b.pod->meta.key;
            out.addresses = b.pod->addresses;
        }
        return out;
    }

    query_answers answers_;
    state_reader reader_;
    const model::gate_settings& settings_;
    meeting_places meetings_;
    std::map<model::layout::door, std::vector<claim>> claims_;
};

std::vector<namespace_overview> namespaces_of(const model::cluster_state& state,
                                              const std::vector<pod_overview>& pods) {
    // A namespace may be known by its policies and pods alone: imports need not bring the object.
    std::map<std::string, namespace_overview> all;
    for (const auto& [key, object] : state.objects.namespaces)
        all[key.name];
    for (const auto& [id, policy] : state.resolved.policies)
        all[id.key.namespace_];
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
        using model::policy;
        space.name = name;
        space.ingress = default_of(state, name, &policy::ingress_applies, &policy::ingress);
        space.egress = default_of(state, name, &policy::egress_applies, &policy::egress);
        list.push_back(std::move(space));
    }
    return list;
}

policy_overview overview_of(const model::policy& policy, const model::cluster_state& state) {
    const auto selected = state.resolved.queries.find(policy.subject);
    return {.key = policy.id.key,
            .seq = policy.seq,
            .ingress = policy.ingress_applies,
            .egress = policy.egress_applies,
            .pods = selected == state.resolved.queries.end() ? 0 : selected->second.size(),
            .not_understood = policy.not_understood};
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

overview look_over(const model::cluster_state& state, const model::gate_settings& s) {
    overview all;
    for (const auto& [key, pod] : state.objects.pods)
        all.pods.push_back(overview_of(pod, state));
    all.namespaces = namespaces_of(state, all.pods);

    for (const auto& [id, policy] : state.resolved.policies)
        all.policies.push_back(overview_of(policy, state));
    door_collector doors(state, s);
    for (const auto& [key, service] : state.objects.services)
        doors.add(service);
    all.doors = doors.take();

    compiler compiled(s);
    (void)compiled.compile(state);
    all.findings = compiled.findings();
    return all;
}

} // namespace nodewall::compiler
