#include "explain/parties.hpp"

#include "explain/question.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>

namespace nodewall::explain {

namespace {

auto rank(const model::pod_object& pod) {
    return std::tuple(!pod.meta.terminating, pod.started, std::string_view(pod.meta.uid),
                      pod.meta.key);
}

bool is_loopback(const model::ip_address& a) {
    static const auto ipv4 = model::cidr::parse("127.0.0.0/8").value();
    static const auto ipv6 = model::cidr::parse("::1/128").value();
    return ipv4.contains(a) || ipv6.contains(a);
}

error unknown(const model::object_key& key, std::string_view reason) {
    return error(errc::unknown_party, fmt::format("pod {} {}", key.to_string(), reason));
}

model::label_set labels_of(const model::objects& objects, const std::string& namespace_) {
    const auto known = objects.namespaces.find({{}, namespace_});
    auto labels =
        known == objects.namespaces.end() ? model::label_set() : known->second.meta.labels;
    labels.add_if_absent("kubernetes.io/metadata.name", namespace_);
    return labels;
}

template <class Map> auto* find(Map& map, const typename Map::key_type& key) {
    const auto at = map.find(key);
    return at == map.end() ? nullptr : &at->second;
}

} // namespace

std::string party::to_string() const {
    if (pod != nullptr)
        return fmt::format("pod {} ({})", pod->meta.key.to_string(), address.to_string());
    if (!node.empty())
        return fmt::format("node {} ({})", node, address.to_string());
    return address.to_string();
}

directory::directory(const model::objects& objects,
                     const std::map<std::string, std::string>& undecodable, std::string_view here)
    : objects_(objects), undecodable_(undecodable), here_(here) {
    for (const auto& [key, pod] : objects.pods) {
        if (!pod.subject_to_policy())
            continue;
        if (!namespaces_.contains(key.namespace_))
            namespaces_.emplace(key.namespace_, labels_of(objects, key.namespace_));
        for (const auto& address : pod.addresses) {
            auto& owner = owners_[address];
            if (owner == nullptr || rank(*owner) < rank(pod))
                owner = &pod;
        }
    }
    for (const auto& [key, node] : objects.nodes)
        for (const auto& address : node.addresses) {
            auto& there = nodes_[address];
            // The first one names the address, and `here` before all others.
            there.insert(key.name == here ? there.begin() : there.end(), &node);
        }
}

party directory::at(const model::ip_address& address) const {
    if (const auto* pod = owner(address))
        return {address, pod, {}};
    if (const auto& nodes = nodes_at(address); !nodes.empty())
        return {address, nullptr, nodes.front()->meta.key.name};
    return {address, nullptr, is_loopback(address) ? here_ : std::string_view{}};
}

result<std::vector<party>> directory::of_pod(const model::object_key& key) const {
    const auto* pod = find(objects_.pods, key);
    if (pod == nullptr) {
        const auto* why = find(undecodable_, "pods " + key.to_string());
        return unknown(key, why == nullptr ? "is not in the log" : "cannot be read: " + *why);
    }
    if (pod->finished())
        return unknown(key, "has completed: no address is its own any more");
    if (pod->host_network)
        return of_host_network_pod(*pod);
    std::vector<party> parties;
    for (const auto& address : pod->addresses)
        if (owner(address) == pod)
            parties.push_back({address, pod, {}});
    if (!parties.empty())
        return parties;
    if (pod->addresses.empty() && !pod->understood())
        return unknown(key, "cannot be read whole: " + pod->meta.not_understood.front());
    if (pod->addresses.empty())
        return unknown(key, "has no address yet");
    const auto& lost = pod->addresses.front();
    return unknown(key, fmt::format("has lost its address {} to pod {}", lost.to_string(),
                                    owner(lost)->meta.key.to_string()));
}

result<std::vector<party>> directory::of_host_network_pod(const model::pod_object& pod) const {
    const auto* node = find(objects_.nodes, {{}, pod.node_name});
    const auto& addresses =
        pod.addresses.empty() && node != nullptr ? node->addresses : pod.addresses;
    std::vector<party> parties;
    parties.reserve(addresses.size());
    for (const auto& address : addresses)
        parties.push_back({address, nullptr, pod.node_name});
    if (parties.empty())
        return unknown(pod.meta.key, "shares the network of a node whose address is not known");
    return parties;
}

const model::pod_object* directory::owner(const model::ip_address& address) const {
    const auto* pod = find(owners_, address);
    return pod == nullptr ? nullptr : *pod;
}

bool directory::is_node(const party& p, std::string_view name) const {
    if (p.pod != nullptr || p.node.empty() || name.empty())
        return false;
    if (p.node == name)
        return true;
    const auto* node = find(objects_.nodes, {{}, std::string(name)});
    return node != nullptr && std::find(node->addresses.begin(), node->addresses.end(),
                                        p.address) != node->addresses.end();
}

bool directory::knows_node(std::string_view name) const {
    return objects_.nodes.contains({{}, std::string(name)});
}

const std::vector<const model::node_object*>&
directory::nodes_at(const model::ip_address& address) const {
    static const std::vector<const model::node_object*> nobody;
    const auto* nodes = find(nodes_, address);
    return nodes == nullptr ? nobody : *nodes;
}

const model::label_set& directory::labels_of_namespace(std::string_view name) const {
    return namespaces_.at(name);
}

} // namespace nodewall::explain
