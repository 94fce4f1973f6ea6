#include "property/compiler_oracle.hpp"

#include "model/network_policy.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace nodewall::test {

namespace {

using namespace model;

struct seen_backend {
    const pod_object* pod = nullptr; // nullptr: `open` or refusing
    bool open = false;
    bool local = false;
    std::uint16_t port = 0;
    std::string of{};     // the namespace that answers for it
    bool nobodys = false; // no live pod owns the address
};

/// Refuses, and may be on this node.
seen_backend unreadable(const std::string& of) {
    return {.local = true, .of = of};
}

class oracle {
public:
    oracle(const objects& o, bool slices_known, const std::string& node, const ruleset::packet& c)
        : objects_(o), slices_known_(slices_known), node_(node), c_(c) {}

    std::optional<bool> admits() const {
        std::vector<dialled> doors;
        for (const auto what : {sort::external, sort::cluster_ip, sort::node_port})
            for (const auto& entry : objects_.services)
                if (claims(entry.second, what))
                    doors.push_back({what, &entry.second});
        int highest = 0;
        for (const auto& door : doors)
            highest = std::max(highest, rank(door));
        std::erase_if(doors, [&](const dialled& door) { return rank(door) != highest; });
        std::vector<behind> all;
        for (const auto& door : doors)
            all.push_back(judges_of(door));
        if (highest == 0)
            for (const bool by_address : {true, false})
                for (const auto& pod : pods_at(by_address))
                    all.push_back({{pod}, {pod}, pod.of});
        if (highest == 2 && owner(c_.source) != nullptr)
            return true;
        return each_admits(std::move(all));
    }

private:
    enum class sort : std::uint8_t { external, cluster_ip, node_port };
    struct dialled {
        sort what;
        const service_object* service;
    };
    /// Behind one door: everyone, and those that judge this source.
    struct behind {
        std::vector<seen_backend> all, asked;
        std::string of; // the namespace of the Service, or of the pods
    };

    /// Who chose the address.
    int rank(const dialled& door) const {
        if (door.what == sort::cluster_ip)
            return 2;
        return door.what == sort::external &&
                       contains(door.service->load_balancer_ips, c_.destination)
                   ? 1
                   : 0;
    }

    static bool contains(const std::vector<ip_address>& list, const ip_address& a) {
        return std::find(list.begin(), list.end(), a) != list.end();
    }

    bool answers(const service_object& s, const service_port& port, sort what) const {
        if (s.type == service_type::external_name || s.headless || port.proto != c_.proto)
            return false;
        if (what == sort::node_port)
            return c_.destination_local && s.type != service_type::cluster_ip &&
                   port.node_port == c_.port && has_family(s);
        if (port.port != c_.port)
            return false;
        return what == sort::cluster_ip ? contains(s.cluster_ips, c_.destination)
                                        : contains(s.external_ips, c_.destination) ||
                                              contains(s.load_balancer_ips, c_.destination);
    }

    bool has_family(const service_object& s) const {
        const auto f = c_.destination.fam();
        if (!s.ip_families.empty())
            return std::find(s.ip_families.begin(), s.ip_families.end(), f) != s.ip_families.end();
        if (s.cluster_ips.empty())
            return f == family::ipv4;
        return std::any_of(s.cluster_ips.begin(), s.cluster_ips.end(),
                           [&](const auto& a) { return a.fam() == f; });
    }

    bool claims(const service_object& s, sort what) const {
        return s.meta.labels.find("service.kubernetes.io/service-proxy-name") == nullptr &&
               s.meta.labels.find("service.kubernetes.io/headless") == nullptr &&
               std::any_of(s.ports.begin(), s.ports.end(),
                           [&](const auto& p) { return answers(s, p, what); });
    }

    const pod_object* owner(const ip_address& a) const {
        const auto rank = [](const pod_object& p) {
            return std::tuple(!p.meta.terminating, p.started, p.meta.uid, p.meta.key);
        };
        const pod_object* best = nullptr;
        for (const auto& [key, pod] : objects_.pods)
            if (pod.subject_to_policy() && contains(pod.addresses, a) &&
                (best == nullptr || rank(pod) > rank(*best)))
                best = &pod;
        return best;
    }

    void add_pod(const pod_object& pod, const std::optional<ip_address>& at, std::uint16_t port,
                 const std::string& node, const std::string& of,
                 std::vector<seen_backend>& to) const {
        if (pod.finished())
            return;
        const bool strange =
            pod.host_network && pod.understood() && !(at && contains(pod.addresses, *at));
        to.push_back(
            {.pod = pod.host_network || pod.addresses.empty() || !pod.understood() ? nullptr : &pod,
             .open = pod.host_network && pod.understood(),
             .local = (node.empty() ? pod.node_name : node) == node_,
             .port = port,
             .of = strange ? of : pod.meta.key.namespace_,
             .nobodys = strange});
    }

    std::vector<seen_backend> by_slices(const service_object& s, const service_port& port) const {
        std::vector<seen_backend> found;
        for (const auto& [key, slice] : objects_.endpoint_slices) {
            if (slice.service != s.meta.key.name || key.namespace_ != s.meta.key.namespace_)
                continue;
            if (slice.meta.labels.find("service.kubernetes.io/service-proxy-name") != nullptr ||
                slice.meta.labels.find("service.kubernetes.io/headless") != nullptr)
                continue;
            if (slice.unknown)
                found.push_back(unreadable(key.namespace_));
            if (slice.address_family != c_.destination.fam())
                continue;
            for (const auto& p : slice.ports)
                if (p.unknown || (p.name == port.name && p.proto == port.proto))
                    for (const auto& e : slice.endpoints) {
                        if (p.unknown || e.unknown)
                            found.push_back(unreadable(key.namespace_));
                        else
                            add_endpoint(e, p.port, key.namespace_, found);
                    }
        }
        return found;
    }

    void add_endpoint(const endpoint& e, std::uint16_t port, const std::string& of,
                      std::vector<seen_backend>& to) const {
        const bool local = e.node_name == node_;
        const bool named = !e.target_pod.name.empty();
        const auto is = [&](const pod_object& pod) {
            return e.target_pod == pod.meta.key &&
                   (e.target_pod_uid.empty() || e.target_pod_uid == pod.meta.uid);
        };
        if (const auto* pod = e.address ? owner(*e.address) : nullptr) {
            if (named && !is(*pod))
                to.push_back({.local = local, .of = pod->meta.key.namespace_});
            else
                add_pod(*pod, e.address, port, e.node_name, of, to);
        } else if (named) {
            const auto at = objects_.pods.find(e.target_pod);
            if (at == objects_.pods.end() || !is(at->second))
                to.push_back({.local = local, .of = e.target_pod.namespace_});
            else
                add_pod(at->second, e.address, port, e.node_name, of, to);
        } else if (e.address) {
            to.push_back({.open = true, .local = local, .of = of, .nobodys = true});
        }
    }

    std::vector<seen_backend> by_selector(const service_object& s, const service_port& port) const {
        std::vector<seen_backend> found;
        if (s.selector_unknown)
            return {unreadable(s.meta.key.namespace_)};
        if (!s.selector)
            return found;
        for (const auto& entry : objects_.pods) {
            const auto& [key, pod] = entry;
            const auto& labels = entry.second.meta.labels;
            const bool selected =
                key.namespace_ == s.meta.key.namespace_ &&
                std::all_of(s.selector->begin(), s.selector->end(), [&](const auto& label) {
                    const auto* value = labels.find(label.first);
                    return value != nullptr && *value == label.second;
                });
            const bool reachable =
                std::any_of(pod.addresses.begin(), pod.addresses.end(),
                            [&](const auto& a) { return a.fam() == c_.destination.fam(); });
            auto number = port.target_port.number;
            for (const auto& p : pod.ports)
                if (number == 0 && p.name == port.target_port.name && p.proto == port.proto)
                    number = p.port;
            if (selected && !pod.understood())
                found.push_back(unreadable(key.namespace_));
            else if (selected && reachable && number != 0)
                add_pod(pod, first_of_family(pod), number, {}, key.namespace_, found);
        }
        return found;
    }

    std::optional<ip_address> first_of_family(const pod_object& pod) const {
        for (const auto& address : pod.addresses)
            if (address.fam() == c_.destination.fam())
                return address;
        return std::nullopt;
    }

    behind judges_of(const dialled& door) const {
        const auto& s = *door.service;
        std::vector<seen_backend> all;
        for (const auto& port : s.ports)
            if (answers(s, port, door.what)) {
                const auto more = port.unknown    ? std::vector{unreadable(s.meta.key.namespace_)}
                                  : slices_known_ ? by_slices(s, port)
                                                  : by_selector(s, port);
                all.insert(all.end(), more.begin(), more.end());
            }
        const bool local =
            door.what == sort::cluster_ip ? s.internal_traffic_local : s.external_traffic_local;
        return {all, local && owner(c_.source) == nullptr ? std::vector<seen_backend>{} : all,
                s.meta.key.namespace_};
    }

    /// Where outsiders are judged by this node's backends: these, if there are any.
    static void settle(behind& b) {
        if (!b.asked.empty())
            return;
        b.asked = b.all;
        std::erase_if(b.asked, [](const auto& each) { return !each.local; });
        if (b.asked.empty())
            b.asked = b.all;
    }

    /// Pods of this node with a hostPort that is dialled: by its hostIP, or on any local address.
    std::vector<seen_backend> pods_at(bool by_address) const {
        std::vector<seen_backend> found;
        const auto f = c_.destination.fam();
        for (const auto& [key, pod] : objects_.pods) {
            const bool reachable = pod.node_name == node_ && pod.subject_to_policy() &&
                                   std::any_of(pod.addresses.begin(), pod.addresses.end(),
                                               [&](const auto& a) { return a.fam() == f; });
            for (const auto& p : pod.ports) {
                if (!reachable || p.host_port == 0 || p.host_port != c_.port || p.proto != c_.proto)
                    continue;
                const auto own = ip_address::parse(p.host_ip);
                const bool at_one = own && *own != ip_address::zero(own->fam());
                const bool dialled = at_one ? *own == c_.destination
                                            : c_.destination_local && (!own || own->fam() == f);
                if (dialled && at_one == by_address)
                    found.push_back({.pod = pod.understood() ? &pod : nullptr,
                                     .local = true,
                                     .port = p.port,
                                     .of = key.namespace_});
            }
        }
        return found;
    }

    /// Whom a backend of each namespace with a Service there admits, and each backend of another
    /// namespace than its Service's. An address that nobody owns does not count beside backends of
    /// a namespace other than its Service's.
    bool each_admits(std::vector<behind> doors) const {
        std::set<std::string> owners;
        for (const auto& door : doors)
            for (const auto& b : door.all)
                if (!b.nobodys)
                    owners.insert(b.of);
        std::map<std::string, bool> admitted;
        for (auto& door : doors) {
            for (auto* list : {&door.all, &door.asked})
                std::erase_if(*list, [&](const seen_backend& b) {
                    return b.nobodys && owners.size() > owners.count(b.of);
                });
            settle(door);
            for (const auto& b : door.asked) {
                if (b.of == door.of)
                    admitted[b.of] = backend_admits(b) || admitted[b.of];
                else if (!backend_admits(b))
                    return false;
            }
        }
        return std::all_of(admitted.begin(), admitted.end(),
                           [](const auto& of_namespace) { return of_namespace.second; });
    }

    bool backend_admits(const seen_backend& b) const {
        if (b.pod == nullptr)
            return b.open;
        if (owner(c_.source) == b.pod)
            return true;
        bool isolated = false;
        for (const auto& [id, object] : objects_.policies) {
            const auto& key = id.key;
            const auto& policy = object.as<network_policy_spec>();
            if (!policy.isolates_ingress || key.namespace_ != b.pod->meta.key.namespace_ ||
                !policy.pod_selector.matches(b.pod->meta.labels))
                continue;
            isolated = true;
            for (const auto& rule : policy.ingress)
                if (ports_match(rule, b) && peers_match(rule, key.namespace_))
                    return true;
        }
        return !isolated;
    }

    bool ports_match(const policy_rule& rule, const seen_backend& b) const {
        return rule.ports.empty() ||
               std::any_of(rule.ports.begin(), rule.ports.end(), [&](const policy_port& p) {
                   if (p.proto != c_.proto || !p.not_understood.empty())
                       return false;
                   if (!p.port.name.empty())
                       return std::any_of(b.pod->ports.begin(), b.pod->ports.end(),
                                          [&](const container_port& own) {
                                              return own.name == p.port.name &&
                                                     own.proto == c_.proto &&
                                                     (b.port == 0 || own.port == b.port);
                                          });
                   return p.port.number == 0 || b.port == 0 ||
                          (p.port.number <= b.port &&
                           b.port <= std::max(p.port.number, p.end_port));
               });
    }

    bool peers_match(const policy_rule& rule, const std::string& policy_namespace) const {
        return rule.peers.empty() ||
               std::any_of(rule.peers.begin(), rule.peers.end(), [&](const policy_peer& peer) {
                   return peer_matches(peer, policy_namespace);
               });
    }

    bool peer_matches(const policy_peer& peer, const std::string& policy_namespace) const {
        if (!peer.not_understood.empty())
            return false;
        if (peer.block)
            return peer.block->block.contains(c_.source) &&
                   std::none_of(peer.block->except.begin(), peer.block->except.end(),
                                [&](const cidr& e) { return e.contains(c_.source); });
        const auto* pod = owner(c_.source);
        if (pod == nullptr)
            return false;
        const auto& ns = pod->meta.key.namespace_;
        return (!peer.pod_selector || peer.pod_selector->matches(pod->meta.labels)) &&
               (peer.namespace_selector ? peer.namespace_selector->matches(labels_of(ns))
                                        : ns == policy_namespace);
    }

    label_set labels_of(const std::string& ns) const {
        const auto at = objects_.namespaces.find({"", ns});
        return at == objects_.namespaces.end() ? label_set() : at->second.meta.labels;
    }

    const objects& objects_;
    bool slices_known_;
    const std::string& node_;
    const ruleset::packet& c_;
};

} // namespace

std::optional<bool> oracle_admits(const objects& objects, bool endpoint_slices_known,
                                  const std::string& node_name, const ruleset::packet& c) {
    return oracle(objects, endpoint_slices_known, node_name, c).admits();
}

} // namespace nodewall::test
