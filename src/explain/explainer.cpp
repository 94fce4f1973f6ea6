#include "explain/explainer.hpp"

#include "explain/backends.hpp"
#include "explain/doors.hpp"
#include "explain/ends.hpp"
#include "explain/front_door.hpp"
#include "explain/parties.hpp"
#include "explain/policies.hpp"
#include "explain/service_name.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

namespace nodewall::explain {

namespace {

answer unknown(point where, std::string why) {
    answer r;
    r.steps.push_back({.where = where, .then = action::unknown, .why = std::move(why)});
    return r;
}

using party_list = std::vector<party>;

/// The first of that family, or nullptr.
const party* of_family(const party_list& parties, model::family f) {
    const auto at = std::find_if(parties.begin(), parties.end(),
                                 [&](const party& p) { return p.address.fam() == f; });
    return at == parties.end() ? nullptr : &*at;
}

std::string no_common_family(const party_list& from, std::string_view to) {
    return fmt::format("{} cannot dial {}: they have no family of addresses in common",
                       from.front().to_string(), to);
}

void append(std::vector<step>&& from, std::vector<step>& to) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
}

} // namespace

// question ─▶ directory: who are the ends?
//                 ├─▶ door_table: a front door? ─▶ front_door_judge ─▶ backend_finder ─┐ each
//                 backend └─▶ a pod, a node, someone outside ──────────────────────────────────┴▶
//                 end_judge
//                                                                           policy_judge ◀──┘
struct explainer::impl {
    explicit impl(const view& v)
        : objects(v.objects), settings(v.settings),
          parties(v.objects, v.undecodable, settings.node_name),
          policies(v.objects, parties, v.undecodable, v.translators), ends(parties, policies),
          doors(v.objects, settings),
          backends(v.objects, v.endpoint_slices_known, parties, settings.node_name),
          front_doors(parties, ends, backends, settings) {}
    impl(const impl&) = delete;
    impl& operator=(const impl&) = delete;

    answer to_node_port(const question& q, const node_port_name& to, const party_list& from) const;
    answer to_any_node_port(const question& q, const party_list& from) const;
    answer to_address(const question& q, const model::ip_address& to, const party_list& from) const;
    answer to_pod(const question& q, const model::object_key& to, const party_list& from) const;

    answer through_doors(const question& q, const party& from, std::vector<door> found,
                         bool local) const;
    answer direct(const leg& l) const;
    /// Why it cannot be told whether the address has the NodePort that is dialled; empty: it can.
    std::string doubt_about(const question& q, const party& to) const;

    const model::objects& objects;
    model::gate_settings settings;
    directory parties;
    policy_judge policies;
    end_judge ends;
    door_table doors;
    backend_finder backends;
    front_door_judge front_doors;
};

answer explainer::impl::through_doors(const question& q, const party& from, std::vector<door> found,
                                      bool local) const {
    return front_doors.judge({.from = from,
                              .fam = from.address.fam(),
                              .proto = q.proto,
                              .port = q.port,
                              .local = local,
                              .doors = std::move(found),
                              .backend = q.backend});
}

answer explainer::impl::direct(const leg& l) const {
    answer r;
    auto egress = ends.egress(l);
    auto ingress = ends.ingress(l);
    r.verdict = egress.admitted && ingress.admitted ? verdict::allow : verdict::deny;
    r.rests_on_pods = true;
    append(std::move(egress.steps), r.steps);
    append(std::move(ingress.steps), r.steps);
    return r;
}

answer explainer::impl::to_any_node_port(const question& q, const party_list& from) const {
    bool known = false;
    for (const auto& source : from) {
        const auto f = source.address.fam();
        known = known || doors.has_node_port(f, q.proto, q.port);
        auto found = doors.node_port(f, q.proto, q.port);
        if (!found.empty())
            return through_doors(q, source, std::move(found), true);
    }
    const auto name = fmt::format("NodePort {}/{}", model::to_string(q.proto), q.port);
    return unknown(point::front_door,
                   known ? name + " answers on no address of that family (nodePortAddresses)"
                         : fmt::format("the log knows no {} in the family of {}", name,
                                       from.front().to_string()));
}

answer explainer::impl::to_node_port(const question& q, const node_port_name& to,
                                     const party_list& from) const {
    if (!to.node_address)
        return to_any_node_port(q, from);
    const auto& address = *to.node_address;
    const auto* source = of_family(from, address.fam());
    if (source == nullptr)
        return unknown(point::front_door, no_common_family(from, address.to_string()));
    auto there = parties.at(address);
    if (there.pod != nullptr ||
        (!there.node.empty() && !parties.is_node(there, settings.node_name)))
        return unknown(point::front_door, fmt::format("{} is no address of node {}",
                                                      there.to_string(), settings.node_name));
    auto found = doors.at({address, q.proto, q.port}, true);
    const bool of_a_pod = std::any_of(found.begin(), found.end(),
                                      [](const door& d) { return d.what == door_kind::host_port; });
    if (!of_a_pod && !doors.has_node_port(address.fam(), q.proto, q.port))
        return unknown(point::front_door,
                       fmt::format("the log knows no NodePort {}/{} in that family",
                                   model::to_string(q.proto), q.port));
    if (!found.empty())
        return through_doors(q, *source, std::move(found), true);
    there.node = settings.node_name;
    return direct({*source, there, q.proto, q.port}); // outside of nodePortAddresses
}

std::string explainer::impl::doubt_about(const question& q, const party& to) const {
    const auto& here = settings.node_name;
    const bool node_port = doors.has_node_port(to.address.fam(), q.proto, q.port) &&
                           doors.node_ports_answer_on(to.address);
    if (to.pod != nullptr || (!node_port && !doors.has_host_port(q.proto, q.port)) ||
        parties.is_node(to, here))
        return {};
    const auto door = fmt::format("{}/{} is a {}", model::to_string(q.proto), q.port,
                                  node_port ? "NodePort" : "hostPort");
    if (!to.node.empty())
        return fmt::format("{}, and its doors at {} are judged there: ask for that node", door,
                           to.to_string());
    if (!parties.knows_node(here))
        return fmt::format("{}, and the log does not know node {}: it cannot tell whether {} is "
                           "its address",
                           door, here, to.to_string());
    return {};
}

answer explainer::impl::to_address(const question& q, const model::ip_address& to,
                                   const party_list& from) const {
    const auto* source = of_family(from, to.fam());
    if (source == nullptr)
        return unknown(point::ingress, no_common_family(from, to.to_string()));
    const auto there = parties.at(to);
    const bool local = parties.is_node(there, settings.node_name);
    auto found = doors.at({to, q.proto, q.port}, local);
    if (!found.empty())
        return through_doors(q, *source, std::move(found), local);
    if (auto doubt = doubt_about(q, there); !doubt.empty())
        return unknown(point::front_door, std::move(doubt));
    return direct({*source, there, q.proto, q.port});
}

answer explainer::impl::to_pod(const question& q, const model::object_key& to,
                               const party_list& from) const {
    const auto there = parties.of_pod(to);
    if (!there)
        return unknown(point::ingress,
                       there.error().detail() +
                           (!objects.pods.contains(to) && objects.services.contains(to)
                                ? "; a Service of that name is asked for as svc/" + to.to_string()
                                : std::string()));
    for (const auto& source : from)
        if (const auto* target = of_family(*there, source.address.fam()))
            return direct({source, *target, q.proto, q.port});
    return unknown(point::ingress, no_common_family(from, there->front().to_string()));
}

explainer::explainer(const view& v) : impl_(std::make_unique<impl>(v)) {}
explainer::~explainer() = default;
explainer::explainer(explainer&&) noexcept = default;
explainer& explainer::operator=(explainer&&) noexcept = default;

answer explainer::explain(const question& asked) const {
    const auto addressed = with_address(asked, impl_->objects);
    if (!addressed)
        return unknown(point::front_door, addressed.error().detail());
    const auto& q = *addressed;
    party_list from;
    if (const auto* address = std::get_if<model::ip_address>(&q.from)) {
        from.push_back(impl_->parties.at(*address));
    } else {
        auto parties = impl_->parties.of_pod(std::get<model::object_key>(q.from));
        if (!parties)
            return unknown(point::egress, parties.error().detail());
        from = std::move(*parties);
    }
    if (const auto* door = std::get_if<node_port_name>(&q.to))
        return impl_->to_node_port(q, *door, from);
    if (const auto* address = std::get_if<model::ip_address>(&q.to))
        return impl_->to_address(q, *address, from);
    return impl_->to_pod(q, std::get<model::object_key>(q.to), from);
}

} // namespace nodewall::explain
