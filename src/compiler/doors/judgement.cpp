#include "compiler/doors/judgement.hpp"

#include "base/sort_unique.hpp"
#include "model/service_proxy.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace nodewall::compiler {

namespace {

using ports = std::vector<const model::service_port*>;

/// Who is judged by which backends, and who passes in any case.
struct traffic {
    bool local = false;     // outsiders by this node's backends, if any
    bool pods_pass = false; // a clusterIP that is no other door: pods dial it by right
    auto operator<=>(const traffic&) const = default;
};

traffic traffic_through(const model::front_door& door, const model::service_object& service) {
    const bool inside = door.what == model::door_class::clusterip;
    return {.local = inside ? service.internal_traffic_local : service.external_traffic_local,
            .pods_pass = inside};
}

/// What stands behind one of the doors that are one (merged_doors.hpp); mostly there is just one.
struct door_backends {
    std::vector<backend> all;
    traffic through;

    /// Where none is here, outsiders are sent nowhere; they are judged like pods, by all, so that
    /// the door stays shut while the endpoints move and kube-proxy lags behind.
    std::vector<backend> for_outsiders() const {
        std::vector<backend> here;
        if (through.local)
            std::ranges::copy_if(all, std::back_inserter(here), &backend::local);
        return here.empty() ? all : here;
    }
};

door_backends backends_behind(const model::front_door& door, const model::service_object& service,
                              const ports& to, state_reader& reader,
                              const model::gate_settings& s) {
    door_backends behind{.all = {}, .through = traffic_through(door, service)};
    if (reader.is_over_budget(service)) {
        behind.all.push_back({backend::sort::unknown,
                              nullptr,
                              {},
                              door.proto,
                              0,
                              false,
                              service.meta.key.namespace_});
        return behind;
    }
    for (const auto* port : to) {
        const auto more = backends_of(service, *port, door.fam, reader, s.node_name);
        behind.all.insert(behind.all.end(), more.begin(), more.end());
    }
    sort_unique(behind.all);
    return behind;
}

/// The doors of a hostPort, each with the containers' ports that it leads to.
using host_port_map = std::map<model::front_door, std::vector<const model::container_port*>>;

host_port_map host_ports_of(const model::pod_object& pod) {
    host_port_map doors;
    for (const auto& port : pod.ports) {
        if (port.host_port == 0)
            continue;
        const auto own = model::ip_address::parse(port.host_ip);
        for (const auto f : model::families) {
            const bool has_family = std::ranges::any_of(
                pod.addresses, [&](const auto& address) { return address.fam() == f; });
            if (!has_family || (own && own->fam() != f))
                continue;
            const auto address = own ? *own : model::ip_address::zero(f);
            doors[{model::door_class::hostport, f, address, port.proto, port.host_port}].push_back(
                &port);
        }
    }
    return doors;
}

door_backends backends_behind(const model::front_door& door, const model::pod_object& pod,
                              const std::vector<const model::container_port*>& to) {
    door_backends behind{.all = {}, .through = {}};
    const auto what = pod.understood() ? backend::sort::pod : backend::sort::unknown;
    for (const auto* port : to)
        behind.all.push_back(
            {what, &pod, {}, door.proto, port->port, true, pod.meta.key.namespace_});
    sort_unique(behind.all);
    return behind;
}

/// Whom pods are judged by, as far as those are other backends than outsiders': all backends, each
/// pod by what it is as a source.
program pods_by(const std::vector<backend>& all, model::family f, state_reader& reader,
                rule_sources& sources) {
    backend_classes classes(f, reader, sources);
    for (const auto& b : all)
        classes.add(b);
    const auto pods = sources.every_pod(f);
    auto others = classes.admit_any_other();
    const auto* only = others.admits_only();
    // Queries mean pods alone; blocks mean outsiders too.
    const bool pods_alone =
        only != nullptr && only->blocks.empty() &&
        std::ranges::all_of(only->sets, [](const auto& set) { return set->query() != nullptr; });
    if (!pods_alone)
        others = others.limited_to(pods);
    return program::any_of(f, {std::move(others), program::admit_only(classes.own())});
}

std::string difference_of(const std::vector<backend_classes::told>& classes, bool one_namespace) {
    if (classes.size() < 2)
        return {};
    if (!one_namespace)
        return "its backends are not of its Service's namespace alone; it is open to whomever a "
               "backend of each namespace with a Service here admits, and each other backend";
    std::size_t everyone = 0;
    std::size_t nobody = 0;
    std::size_t some = 0;
    for (const auto& told : classes) {
        auto& count = told.says.admits_everyone() ? everyone
                      : told.says.admits_nobody() ? nobody
                                                  : some;
        count += told.backends.size();
    }
    return fmt::format("{} of its {} backends admit every source, {} some and {} none; it is open "
                       "to whomever one of them admits",
                       everyone, everyone + some + nobody, some, nobody);
}

/// An address that nobody owns may be anybody's soon: beside backends of a namespace other than the
/// Service's it does not count.
void leave_out_nobodys(std::vector<door_backends>& doors) {
    std::set<std::string> owners;
    for (const auto& door : doors)
        for (const auto& b : door.all)
            if (b.what != backend::sort::nobodys)
                owners.insert(b.namespace_);
    for (auto& door : doors)
        std::erase_if(door.all, [&](const backend& b) {
            return b.what == backend::sort::nobodys && owners.size() > owners.count(b.namespace_);
        });
}

/// Whom of each namespace's own Services a backend admits, and each backend of another namespace
/// than its Service's.
program admitted_by_each(const std::vector<backend>& backends, model::family f,
                         state_reader& reader, rule_sources& sources) {
    std::map<std::string, backend_classes> own;
    backend_classes foreign(f, reader, sources);
    for (const auto& b : backends) {
        if (b.foreign)
            foreign.add(b);
        else
            own.try_emplace(b.namespace_, f, reader, sources).first->second.add(b);
    }
    std::vector<program> all{foreign.admit_each()};
    for (auto& [name, classes] : own)
        all.push_back(classes.admit_any());
    return program::all_of(f, std::move(all));
}

bool pods_pass(const std::vector<door_backends>& doors) {
    return !doors.empty() && std::ranges::all_of(doors, [](const door_backends& door) {
        return door.through.pods_pass;
    });
}

/// Of backends that tenants who do not trust each other put behind one door.
std::shared_ptr<const judgement> judge_namespaces(const std::vector<door_backends>& doors,
                                                  model::family f, state_reader& reader,
                                                  rule_sources& sources) {
    std::vector<backend> all, judged;
    for (const auto& door : doors) {
        all.insert(all.end(), door.all.begin(), door.all.end());
        std::ranges::move(door.for_outsiders(), std::back_inserter(judged));
    }
    sort_unique(all);
    sort_unique(judged);
    auto decision = admitted_by_each(judged, f, reader, sources);
    if (judged.size() < all.size())
        decision = program::choose(sources.every_pod(f), admitted_by_each(all, f, reader, sources),
                                   decision);
    if (pods_pass(doors))
        decision =
            program::any_of(f, {std::move(decision), program::admit_only(sources.every_pod(f))});
    backend_classes classes(f, reader, sources);
    for (const auto& b : judged)
        classes.add(b);
    auto told = classes.classes();
    auto mixed = difference_of(told, false);
    return std::make_shared<const judgement>(judgement{.decision = std::move(decision),
                                                       .backends = std::move(told),
                                                       .mixed = std::move(mixed),
                                                       .nobodys = false,
                                                       .policies = classes.policies()});
}

bool of_one_namespace(const std::vector<door_backends>& doors) {
    const std::string* first = nullptr;
    for (const auto& door : doors)
        for (const auto& b : door.all) {
            if (b.foreign || (first != nullptr && *first != b.namespace_))
                return false;
            first = &b.namespace_;
        }
    return true;
}

std::shared_ptr<const judgement> judge(std::vector<door_backends> doors, model::family f,
                                       state_reader& reader, rule_sources& sources) {
    if (!of_one_namespace(doors)) {
        leave_out_nobodys(doors);
        if (!of_one_namespace(doors))
            return judge_namespaces(doors, f, reader, sources);
    }
    std::vector<backend> judged;
    std::vector<program> further; // for pods alone
    bool any = false, nobodys = false;
    for (const auto& door : doors) {
        auto outsiders = door.for_outsiders();
        any = any || !door.all.empty();
        nobodys = nobodys || std::ranges::find(door.all, backend::sort::nobodys, &backend::what) !=
                                 door.all.end();
        if (outsiders.size() < door.all.size())
            further.push_back(pods_by(door.all, f, reader, sources));
        std::ranges::move(outsiders, std::back_inserter(judged));
    }
    if (pods_pass(doors))
        further.push_back(program::admit_only(sources.every_pod(f)));
    sort_unique(judged);
    backend_classes classes(f, reader, sources);
    for (const auto& b : judged)
        classes.add(b);
    further.push_back(any ? classes.admit_any() : program::admit_everyone(f));
    auto told = classes.classes();
    auto mixed = difference_of(told, true);
    return std::make_shared<const judgement>(
        judgement{.decision = program::any_of(f, std::move(further)),
                  .backends = std::move(told),
                  .mixed = std::move(mixed),
                  .nobodys = nobodys,
                  .policies = classes.policies()});
}

} // namespace

std::vector<judged_door> judge_service(const model::service_object& service, state_reader& reader,
                                       rule_sources& sources, const model::gate_settings& s) {
    std::map<std::tuple<ports, model::family, traffic>, std::shared_ptr<const judgement>> known;
    std::vector<judged_door> doors;
    if (!model::why_ignored(service.meta, s).empty())
        return doors;
    for (const auto& [door, to] : reader.doors_of(service, s.node_name)) {
        auto& shared = known[std::tuple(to, door.fam, traffic_through(door, service))];
        if (!shared)
            shared =
                judge({backends_behind(door, service, to, reader, s)}, door.fam, reader, sources);
        doors.push_back({door, shared});
    }
    return doors;
}

std::vector<judged_door> judge_host_ports(const model::pod_object& pod, state_reader& reader,
                                          rule_sources& sources) {
    std::vector<judged_door> doors;
    for (const auto& [door, ports] : host_ports_of(pod))
        doors.push_back(
            {door, judge({backends_behind(door, pod, ports)}, door.fam, reader, sources)});
    return doors;
}

judged_door judge_as_one(const model::front_door& place, std::span<const claimed_door> met,
                         state_reader& reader, rule_sources& sources,
                         const model::gate_settings& s) {
    std::vector<door_backends> doors;
    for (const auto& each : met)
        doors.push_back(
            each.service != nullptr
                ? backends_behind(each.door, *each.service,
                                  reader.doors_of(*each.service, s.node_name).at(each.door), reader,
                                  s)
                : backends_behind(each.door, *each.pod, host_ports_of(*each.pod).at(each.door)));
    return {place, judge(std::move(doors), place.fam, reader, sources)};
}

} // namespace nodewall::compiler
