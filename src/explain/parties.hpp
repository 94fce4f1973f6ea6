// Who is at an address (SEMANTICS section 1): a pod, a node, or someone outside.
#pragma once

#include "base/error.hpp"
#include "model/cluster_state.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::explain {

/// One end of a connection. At most one of `pod` and `node` says something.
struct party {
    model::ip_address address;
    const model::pod_object* pod = nullptr; ///< subject to policy
    std::string_view node;                  ///< name of the Node whose address that is, or empty

    /// "pod web/site (10.0.0.1)", "node worker-1 (192.0.2.1)", "203.0.113.7".
    std::string to_string() const;
};

/// Points into the objects; built once.
class directory {
public:
    /// `undecodable`: to tell why a pod is not known. `here`: the Node whose loopback addresses are
    /// meant.
    directory(const model::objects& objects, const std::map<std::string, std::string>& undecodable,
              std::string_view here);

    party at(const model::ip_address& address) const;
    /// The parties that the pod is, one for each address that it has, in the pod's order; never
    /// empty. errc::unknown_party where it has none: the detail is a sentence.
    result<std::vector<party>> of_pod(const model::object_key& key) const;

    /// nullptr where no pod owns the address. Of several live pods with one address: the one that
    /// is not terminating, then the later start, then the greater UID, then the key.
    const model::pod_object* owner(const model::ip_address& address) const;

    /// Whether `p` is the node of that name, by its address or as one of its hostNetwork pods.
    bool is_node(const party& p, std::string_view name) const;
    bool knows_node(std::string_view name) const;
    /// The Nodes that list the address in status.addresses.
    const std::vector<const model::node_object*>& nodes_at(const model::ip_address& address) const;

    /// The labels of a namespace that has pods; kubernetes.io/metadata.name always is among them.
    const model::label_set& labels_of_namespace(std::string_view name) const;

private:
    result<std::vector<party>> of_host_network_pod(const model::pod_object& pod) const;

    const model::objects& objects_;
    const std::map<std::string, std::string>& undecodable_;
    std::string_view here_;
    std::map<model::ip_address, const model::pod_object*> owners_;
    std::map<model::ip_address, std::vector<const model::node_object*>> nodes_;
    std::map<std::string_view, model::label_set> namespaces_;
};

} // namespace nodewall::explain
