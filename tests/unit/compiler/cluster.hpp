// Small clusters for the compiler's tests: objects in few words, resolved by looking at everything,
// without the projection.
#pragma once

#include "compiler/compiler.hpp"
#include "model/cluster_state.hpp"
#include "model/network_policy.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nodewall::test {

using label_list = std::vector<std::pair<std::string, std::string>>;

model::ip_address ip(std::string_view text);
model::cidr net(std::string_view text);
/// "web/site"
model::object_key key(std::string_view text);
/// Of a NetworkPolicy.
model::policy_id policy_id(std::string_view key);
model::label_selector with_labels(label_list labels);

model::node_object a_node(std::string name, std::string_view address, label_list labels = {});
model::namespace_object a_namespace(std::string name, label_list labels);
/// A running pod; its UID is its key.
model::pod_object a_pod(std::string_view key, std::vector<std::string_view> addresses,
                        label_list labels = {});

/// A Service with a cluster IP, one TCP port 80 with this node port, and no selector.
model::service_object a_service(std::string_view key, std::uint16_t node_port = 30051);

model::endpoint to_pod(const model::pod_object& pod);
model::endpoint to_address(std::string_view address);
/// One TCP port 8080; the family of the first endpoint's address.
model::endpoint_slice_object a_slice(std::string_view service,
                                     std::vector<model::endpoint> endpoints);

struct network_policy : model::network_policy_spec {
    model::object_meta meta;
};
/// For ingress, of all pods of its namespace.
network_policy a_policy(std::string_view key, std::vector<model::policy_rule> ingress = {});
model::policy_peer block(std::string_view cidr, std::vector<std::string_view> except = {});
model::policy_peer pods(label_list labels);
model::policy_peer namespaces(label_list labels);
model::policy_port port(std::uint16_t number, model::protocol proto = model::protocol::tcp);
model::policy_port named_port(std::string name, model::protocol proto = model::protocol::tcp);

class cluster {
public:
    cluster() { state.endpoint_slices_known = true; }
    cluster(const cluster&) = delete;

    /// In the place of one with the same key.
    void add(model::namespace_object object);
    void add(model::pod_object object);
    void add(model::service_object object);
    void add(model::endpoint_slice_object object);
    void add(network_policy policy);
    void add(model::node_object object);
    /// A TierPolicy (unit/policy/tier_words.hpp).
    void add_tiered(std::string_view name, std::string_view words);

    /// Resolves and compiles from scratch.
    ruleset::ruleset compile();
    /// The findings of the last compile(), "SUBJECT: TEXT".
    std::vector<std::string> findings() const;

    void resolve();

    model::cluster_state state;
    model::gate_settings settings{.node_name = "here"};

private:
    std::vector<std::string> findings_;
};

/// A TCP client outside dials a port of this node.
bool dial_node(const ruleset::ruleset& rules, std::string_view source, std::uint16_t port,
               model::protocol proto = model::protocol::tcp);
/// A client dials an address that is not the node's own.
bool dial(const ruleset::ruleset& rules, std::string_view source, std::string_view destination,
          std::uint16_t port, model::protocol proto = model::protocol::tcp);

} // namespace nodewall::test
