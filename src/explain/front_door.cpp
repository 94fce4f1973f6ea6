#include "explain/front_door.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace nodewall::explain {

namespace {

/// What the gate does, as a door's step says it of all doors at the place.
struct gate_verdict {
    action then = action::allow;
    std::string why;
};

citation citation_of(const door& d) {
    const auto& meta = d.service != nullptr ? d.service->meta : d.pod->meta;
    const auto kind = d.service != nullptr ? model::kind::service : model::kind::pod;
    return {std::string(object_kind(kind)), meta.key, meta.uid, meta.seq};
}

void add_door_steps(const approach& a, const gate_verdict& gate, std::vector<step>& steps) {
    for (const auto& d : a.doors) {
        step s{.where = point::front_door,
               .then = action::allow,
               .object = citation_of(d),
               .why = d.to_string()};
        if (d.gate_asks) {
            s.then = gate.then;
            s.why += gate.why;
        } else if (gate.then == action::deny) {
            s.then = gate.then;
            s.why += " is the same door, and shut with it";
        } else {
            s.why += " is the same door: each connection may go to the one or the other";
        }
        steps.push_back(std::move(s));
    }
}

/// Of how many backends of a namespace one source is admitted.
struct tally {
    std::size_t admitting = 0, asked = 0;
};
using tallies = std::map<std::string_view, tally>; // by namespace; none: nothing stands behind

/// Tenants who put backends behind one door do not answer for each other: it opens to whom a
/// backend of each namespace with a Service there admits, and each backend of another namespace
/// than its Service's.
gate_verdict verdict_on(std::string_view from, const tallies& own, const tallies& foreign) {
    std::size_t admitting = 0, asked = 0;
    for (const auto* tallied : {&own, &foreign})
        for (const auto& [name, t] : *tallied) {
            admitting += t.admitting;
            asked += t.asked;
        }
    if (admitting == 0)
        return {action::deny, fmt::format(" is shut: every backend refuses {}", from)};
    for (const auto& [name, t] : foreign)
        if (t.admitting < t.asked && asked > 1)
            return {action::deny,
                    fmt::format(" is shut: a backend of namespace {}, which is not the "
                                "Service's, refuses {}",
                                name, from)};
    for (const auto& [name, t] : own)
        if (t.admitting == 0 && own.size() + foreign.size() > 1)
            return {action::deny,
                    fmt::format(" is shut: every backend of namespace {} refuses {}", name, from)};
    if (admitting == asked)
        return {action::allow, fmt::format(" is open: every backend admits {}", from)};
    return {action::allow, fmt::format(" is open: {} of {} backends admit {}, and each connection "
                                       "depends on its backend",
                                       admitting, asked, from)};
}

/// An address that nobody owns, where others than the Service's own namespace have backends.
bool counts(const backend& b, const std::set<std::string_view>& owners) {
    return !b.nobodys || owners.size() == owners.count(b.namespace_);
}

verdict verdict_of(const std::vector<backend_verdict>& backends) {
    const auto allows = [](const backend_verdict& b) { return b.verdict == verdict::allow; };
    if (std::all_of(backends.begin(), backends.end(), allows))
        return verdict::allow;
    return std::any_of(backends.begin(), backends.end(), allows) ? verdict::mixed : verdict::deny;
}

void add_steps(std::vector<step>&& from, std::size_t backend, std::vector<step>& to) {
    for (auto& s : from) {
        s.backend = backend;
        to.push_back(std::move(s));
    }
}

std::optional<model::ip_address> address_of(const backend& b) {
    const bool missing = b.who.address == model::ip_address{};
    return missing ? std::nullopt : std::optional(b.who.address);
}

/// Keeps what is said of the backends at one address.
void keep_only(const model::ip_address& address, answer& r) {
    std::vector<backend_verdict> kept;
    std::vector<std::optional<std::size_t>> place(r.backends.size());
    for (std::size_t i = 0; i < r.backends.size(); ++i)
        if (r.backends[i].address == address) {
            place[i] = kept.size();
            kept.push_back(r.backends[i]);
        }
    std::erase_if(r.steps, [&](const step& s) { return s.backend && !place[*s.backend]; });
    for (auto& s : r.steps)
        if (s.backend)
            s.backend = place[*s.backend];
    r.backends = std::move(kept);
}

} // namespace

answer front_door_judge::judge(const approach& a) const {
    const auto exempt = exemption_of(a);
    const auto reachable = backends_of(a);
    std::vector<backend_judgement> judgements;
    for (const auto& b : reachable.members)
        judgements.push_back(judge_at(a, b, exempt));
    tallies own, foreign;
    for (std::size_t i = 0; i < reachable.asked; ++i) {
        const auto& b = reachable.members[i];
        auto& t = (b.foreign ? foreign : own)[b.namespace_];
        ++t.asked;
        t.admitting += judgements[i].ingress.admitted ? 1 : 0;
    }

    gate_verdict gate{action::allow, " is open: nothing stands behind it"};
    if (exempt)
        gate.why = exempt->why;
    else if (reachable.asked > 0)
        gate = verdict_on(a.from.to_string(), own, foreign);

    answer r;
    r.gate_admits = gate.then == action::allow;
    add_door_steps(a, gate, r.steps);
    for (std::size_t i = 0; i < reachable.members.size(); ++i) {
        const auto& b = reachable.members[i];
        auto& judged = judgements[i];
        const bool through = gate.then == action::allow;
        r.backends.push_back({address_of(b), b.port,
                              through && judged.egress.admitted && judged.ingress.admitted
                                  ? verdict::allow
                                  : verdict::deny});
        add_steps(std::move(judged.egress.steps), i, r.steps);
        add_steps(std::move(judged.ingress.steps), i, r.steps);
    }
    if (a.backend)
        keep_only(*a.backend, r);
    r.verdict = gate.then == action::deny ? verdict::deny : verdict_of(r.backends);
    if (a.backend && r.backends.empty()) {
        r.verdict = verdict::unknown;
        r.steps.push_back(
            {.where = point::front_door,
             .then = action::unknown,
             .why = fmt::format("{} is no backend of this front door", a.backend->to_string())});
    }
    r.rests_on_pods = gate.then == action::allow && r.verdict != verdict::allow;
    return r;
}

std::optional<front_door_judge::exemption> front_door_judge::exemption_of(const approach& a) const {
    const auto& always = settings_.always_admit;
    if (std::any_of(always.begin(), always.end(),
                    [&](const auto& block) { return block.contains(a.from.address); }))
        return exemption{" admits the source always (alwaysAdmit)", true};
    const auto& vital = settings_.vital_ports;
    const bool external = std::all_of(a.doors.begin(), a.doors.end(), [](const door& d) {
        return !d.gate_asks || d.what == door_kind::external;
    });
    if (external && a.local && a.proto == model::protocol::tcp &&
        std::find(vital.begin(), vital.end(), a.port) != vital.end())
        return exemption{" is never shut here: the port is vital to the host", true};
    if (parties_.is_node(a.from, settings_.node_name))
        return exemption{" is never shut to the node itself", false};
    const bool cluster_ips = std::all_of(a.doors.begin(), a.doors.end(), [](const door& d) {
        return !d.gate_asks || d.what == door_kind::cluster_ip;
    });
    if (a.from.pod != nullptr && cluster_ips)
        return exemption{" is open to pods: they are judged behind it", false};
    return std::nullopt;
}

std::set<std::string_view> front_door_judge::owners_behind(const approach& a) const {
    std::set<std::string_view> owners;
    for (const auto& d : a.doors) {
        if (d.gate_asks && d.service == nullptr &&
            std::any_of(d.pod->addresses.begin(), d.pod->addresses.end(),
                        [&](const auto& address) { return address.fam() == a.fam; }))
            owners.insert(d.pod->meta.key.namespace_);
        if (!d.gate_asks || d.service == nullptr)
            continue;
        if (!d.refuses.empty()) {
            owners.insert(d.service->meta.key.namespace_);
            continue;
        }
        for (const auto* port : d.ports)
            for (const auto& b : backends_.find(*d.service, *port, a.fam))
                if (!b.nobodys)
                    owners.insert(b.namespace_);
    }
    return owners;
}

front_door_judge::reachable_backends front_door_judge::backends_of(const approach& a) const {
    const auto& here = settings_.node_name;
    const bool outsider = a.from.pod == nullptr && !parties_.is_node(a.from, here);
    reachable_backends found;
    std::vector<backend> further;
    const auto owners = owners_behind(a);
    for (const auto& d : a.doors) {
        if (d.service == nullptr) {
            for (const auto& address : d.pod->addresses)
                if (address.fam() == a.fam)
                    (d.gate_asks ? found.members : further)
                        .push_back({{address, d.pod, {}},
                                    d.host_port->port,
                                    d.pod->node_name,
                                    d.pod->understood() ? std::string()
                                                        : "a part of the pod is not understood",
                                    d.pod->meta.key.namespace_});
            continue;
        }
        if (!d.refuses.empty()) {
            (d.gate_asks ? found.members : further)
                .push_back({{}, 0, here, d.refuses, d.service->meta.key.namespace_});
            continue;
        }
        std::vector<const backend*> behind;
        for (const auto* port : d.ports)
            for (const auto& b : backends_.find(*d.service, *port, a.fam))
                if (!d.gate_asks || counts(b, owners))
                    behind.push_back(&b);
        // Where none of them is here, outsiders are sent nowhere, and judged by all: the door stays
        // shut while endpoints move.
        const bool policy_local = d.what == door_kind::cluster_ip
                                      ? d.service->internal_traffic_local
                                      : d.service->external_traffic_local;
        const bool only_local =
            policy_local && std::any_of(behind.begin(), behind.end(),
                                        [&](const backend* b) { return b->node == here; });
        for (const auto* b : behind)
            if (!outsider || !only_local || b->node == here)
                (d.gate_asks ? found.members : further).push_back(*b);
    }
    sort_unique(found.members);
    sort_unique(further);
    found.asked = found.members.size();
    found.members.insert(found.members.end(), further.begin(), further.end());
    return found;
}

front_door_judge::backend_judgement
front_door_judge::judge_at(const approach& a, const backend& b,
                           const std::optional<exemption>& exempt) const {
    const leg l{a.from, b.who, a.proto, b.port, true};
    const bool asked = !exempt || !exempt->behind_the_door;
    backend_judgement judged;
    if (b.refuses.empty())
        judged.egress = ends_.egress(l);
    if (asked && b.refuses.empty())
        judged.ingress = ends_.ingress(l, parties_.is_node(a.from, settings_.node_name));
    else if (asked)
        judged.ingress = {false,
                          {{.where = point::ingress, .then = action::deny, .why = b.refuses}}};
    return judged;
}

} // namespace nodewall::explain
