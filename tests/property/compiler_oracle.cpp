#include "property/compiler_oracle.hpp"

#include "model/network_policy.hpp"

#include <algorithm>
#include <optional>
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
};

/// Refuses, and may be on this node.
constexpr seen_backend unreadable{.local = true};

class oracle {
public:
    oracle(const objects& o, bool slices_known, const std::string& node, const ruleset::packet& c)
        : objects_(o), slices_known_(slices_known), node_(node), c_(c) {}

    std::optional<bool> admits() const {
        std::vector<dialled> doors;
        for (const auto what : {sort::external, sort::cluster_ip, sort::node_port})
            if (const auto* service = winner(what))
                doors.push_back({what, service});
        // A clusterIP ranks above hostPorts.
        const bool above = std::any_of(doors.begin(), doors.end(), [](const dialled& door) {
            return door.what == sort::cluster_ip;
        });
        const auto here = above ? std::vector<seen_backend>{} : pods_at(true);
        const auto anywhere = above ? std::vector<seen_backend>{} : pods_at(false);
        const bool node_port = !doors.empty() && doors.back().what == sort::node_port;
        const bool at_address = doors.size() > (node_port ? 1U : 0U) || !here.empty();
        if (at_address && (node_port || !anywhere.empty()) && !node_says_own())
            return std::nullopt;
        if (doors.size() == 1 && doors.front().what == sort::cluster_ip && here.empty() &&
            anywhere.empty() && owner(c_.source) != nullptr)
            return true;
        auto judges = here;
        judges.insert(judges.end(), anywhere.begin(), anywhere.end());
        return one_admits(doors, std::move(judges));
    }

private:
    enum class sort : std::uint8_t { external, cluster_ip, node_port };
    struct dialled {
        sort what;
        const service_object* service;
    };

    bool node_says_own() const {
        const auto node = objects_.nodes.find({"", node_});
        return node != objects_.nodes.end() && contains(node->second.addresses, c_.destination);
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

    const service_object* winner(sort what) const {
        const service_object* best = nullptr;
        for (const auto& entry : objects_.services) {
            const auto& s = entry.second;
            if (std::any_of(s.ports.begin(), s.ports.end(),
                            [&](const auto& p) { return answers(s, p, what); }) &&
                (best == nullptr || s.meta.created < best->meta.created))
                best = &s;
        }
        return best;
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

    void add_pod(const pod_object& pod, std::uint16_t port, const std::string& node,
                 std::vector<seen_backend>& to) const {
        if (!pod.finished())
            to.push_back({.pod = pod.host_network || pod.addresses.empty() || !pod.understood()
                                     ? nullptr
                                     : &pod,
                          .open = pod.host_network && pod.understood(),
                          .local = (node.empty() ? pod.node_name : node) == node_,
                          .port = port});
    }

    std::vector<seen_backend> by_slices(const service_object& s, const service_port& port) const {
        std::vector<seen_backend> found;
        for (const auto& [key, slice] : objects_.endpoint_slices) {
            if (slice.service != s.meta.key.name || key.namespace_ != s.meta.key.namespace_)
                continue;
            if (slice.unknown)
                found.push_back(unreadable);
            if (slice.address_family != c_.destination.fam())
                continue;
            for (const auto& p : slice.ports)
                if (p.unknown || (p.name == port.name && p.proto == port.proto))
                    for (const auto& e : slice.endpoints) {
                        if (p.unknown || e.unknown)
                            found.push_back(unreadable);
                        else
                            add_endpoint(e, p.port, found);
                    }
        }
        return found;
    }

    void add_endpoint(const endpoint& e, std::uint16_t port, std::vector<seen_backend>& to) const {
        if (e.target_pod.name.empty()) {
            if (!e.address)
                return;
            if (const auto* pod = owner(*e.address))
                add_pod(*pod, port, e.node_name, to);
            else
                to.push_back({.open = true, .local = e.node_name == node_});
            return;
        }
        const auto at = objects_.pods.find(e.target_pod);
        if (at == objects_.pods.end() ||
            (!e.target_pod_uid.empty() && e.target_pod_uid != at->second.meta.uid))
            to.push_back({.local = e.node_name == node_});
        else
            add_pod(at->second, port, e.node_name, to);
    }

    std::vector<seen_backend> by_selector(const service_object& s, const service_port& port) const {
        std::vector<seen_backend> found;
        if (s.selector_unknown)
            return {unreadable};
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
                found.push_back(unreadable);
            else if (selected && reachable && number != 0)
                add_pod(pod, number, {}, found);
        }
        return found;
    }

    std::vector<seen_backend> judges_of(const dialled& door) const {
        const auto& s = *door.service;
        std::vector<seen_backend> all;
        for (const auto& port : s.ports)
            if (answers(s, port, door.what)) {
                const auto more = port.unknown    ? std::vector{unreadable}
                                  : slices_known_ ? by_slices(s, port)
                                                  : by_selector(s, port);
                all.insert(all.end(), more.begin(), more.end());
            }
        const bool local =
            door.what == sort::cluster_ip ? s.internal_traffic_local : s.external_traffic_local;
        if (!local || owner(c_.source) != nullptr)
            return all;
        auto here = all;
        std::erase_if(here, [](const auto& b) { return !b.local; });
        return here.empty() ? all : here;
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
                    found.push_back(
                        {.pod = pod.understood() ? &pod : nullptr, .local = true, .port = p.port});
            }
        }
        return found;
    }

    bool one_admits(const std::vector<dialled>& doors, std::vector<seen_backend> judges) const {
        for (const auto& door : doors) {
            const auto more = judges_of(door);
            judges.insert(judges.end(), more.begin(), more.end());
        }
        return judges.empty() || std::any_of(judges.begin(), judges.end(),
                                             [&](const auto& b) { return backend_admits(b); });
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
