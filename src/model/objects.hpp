// The objects of the Kubernetes API as far as nodewall reads them, decoded, with the API's defaults
// filled in, as the API said them: nothing here is resolved against other objects.
//
// A part that cannot be read is left out and named in `meta.not_understood`. Where leaving it out
// could open a front door, the object says beside it what is unknown; whoever judges refuses there.
#pragma once

#include "base/time.hpp"
#include "model/address.hpp"
#include "model/kind.hpp"
#include "model/labels.hpp"
#include "model/protocol.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace nodewall::model {

struct object_meta {
    object_key key;
    std::string uid;
    label_set labels;
    timestamp created{};      // metadata.creationTimestamp; the epoch where absent
    bool terminating = false; // metadata.deletionTimestamp is set
    std::uint64_t seq = 0;    // the event that said so; no part of the content
    /// "spec.ports[0].port is 0, not 1 to 65535": at most limits::complaints_max of them. What a
    /// rule of a policy could not say stands in the rule instead.
    std::vector<std::string> not_understood;
    /// The API server has another version, which cannot be read: this is what was read last, and
    /// the first of `not_understood` says so.
    bool unread = false;

    /// Equal in content: everything but `seq`.
    friend bool operator==(const object_meta& a, const object_meta& b) {
        return a.key == b.key && a.uid == b.uid && a.labels == b.labels && a.created == b.created &&
               a.terminating == b.terminating && a.not_understood == b.not_understood &&
               a.unread == b.unread;
    }
};

struct namespace_object {
    object_meta meta; // labels carry kubernetes.io/metadata.name, present in the object or not
    bool operator==(const namespace_object&) const = default;
};

struct node_object {
    object_meta meta;
    std::vector<ip_address> addresses; // status.addresses, those that are addresses
    std::vector<cidr> pod_cidrs;
    bool operator==(const node_object&) const = default;
};

struct container_port {
    std::string name; // may be empty
    protocol proto = protocol::tcp;
    std::uint16_t port = 0;
    std::uint16_t host_port = 0; // 0: none
    std::string host_ip;
    bool operator==(const container_port&) const = default;
};

enum class pod_phase : std::uint8_t { pending, running, succeeded, failed, unknown };

struct pod_object {
    object_meta meta;
    std::vector<ip_address> addresses; // status.podIPs, else status.podIP
    std::vector<container_port> ports; // containers and restartable initContainers
    std::string node_name;
    std::string service_account{}; // its name
    timestamp started{};           // status.startTime
    pod_phase phase = pod_phase::pending;
    bool host_network = false;

    /// SEMANTICS section 1: not hostNetwork, has an address, neither Succeeded nor Failed.
    bool subject_to_policy() const {
        return !host_network && !addresses.empty() && phase != pod_phase::succeeded &&
               phase != pod_phase::failed;
    }
    /// A pod of which a part is not understood refuses as a backend. One whose metadata or
    /// hostNetwork is not understood has no addresses either: nobody knows whose they are.
    bool understood() const { return meta.not_understood.size() == (meta.unread ? 1U : 0U); }
    bool finished() const { return phase == pod_phase::succeeded || phase == pod_phase::failed; }
    bool operator==(const pod_object&) const = default;
};

/// A port by number or by name; 0 and an empty name: not given.
struct port_or_name {
    std::uint16_t number = 0;
    std::string name;
    bool given() const { return number != 0 || !name.empty(); }
    auto operator<=>(const port_or_name&) const = default;
};

struct service_port {
    std::string name;
    protocol proto = protocol::tcp;
    std::uint16_t port = 0;   // 0: cannot be read
    port_or_name target_port; // defaults to `port`
    std::uint16_t node_port = 0;
    bool unknown = false; // a part cannot be read: the doors that can be told refuse
    bool operator==(const service_port&) const = default;
};

enum class service_type : std::uint8_t { cluster_ip, node_port, load_balancer, external_name };

struct service_object {
    object_meta meta;
    service_type type = service_type::cluster_ip;
    std::vector<service_port> ports;
    std::optional<label_set> selector;   // nullopt: someone else writes the endpoints
    bool selector_unknown = false;       // it cannot be read: whom it selects refuses
    std::vector<ip_address> cluster_ips; // without "None"
    bool headless = false;               // clusterIP: None
    std::vector<ip_address> external_ips;
    std::vector<ip_address> load_balancer_ips; // without those of ipMode Proxy
    std::vector<family> ip_families;           // empty: not said (old servers)
    bool external_traffic_local = false;       // externalTrafficPolicy: Local
    bool internal_traffic_local = false;       // internalTrafficPolicy: Local
    bool operator==(const service_object&) const = default;
};

struct endpoint {
    /// The first of its addresses: kube-proxy looks at no other.
    std::optional<ip_address> address;
    object_key target_pod;      // targetRef of kind Pod; an empty name: none
    std::string target_pod_uid; // may be empty
    std::string node_name;
    bool unknown = false; // cannot be read, and is nothing else: a backend that refuses
    bool operator==(const endpoint&) const = default;
};

struct endpoint_port {
    std::string name;
    protocol proto = protocol::tcp;
    std::uint16_t port = 0; // 0: `port: null`, all ports
    bool unknown = false;   // cannot be read, and is nothing else: may be any port
    bool operator==(const endpoint_port&) const = default;
};

struct endpoint_slice_object {
    object_meta meta;
    std::string service; // label kubernetes.io/service-name, in the slice's namespace
    std::optional<family> address_family; // nullopt: FQDN, to be ignored
    std::vector<endpoint> endpoints;
    std::vector<endpoint_port> ports;
    bool unknown = false; // what it lists cannot be read: a backend of each port that refuses
    bool operator==(const endpoint_slice_object&) const = default;
};

/// What an object of a kind of policy says, in the words of its kind. Its type is known to the
/// kind's decoder and translator; everyone else hands it on.
class policy_document {
public:
    policy_document() = default;
    policy_document(const policy_document&) = delete;
    policy_document& operator=(const policy_document&) = delete;
    virtual ~policy_document() = default;
    /// Whether both are of one type and equal.
    virtual bool equals(const policy_document& other) const = 0;
};

/// Two kinds may have objects of one key.
struct policy_id {
    std::string stream; // of its kind: "networkpolicies.networking.k8s.io"
    object_key key;
    auto operator<=>(const policy_id&) const = default;
};

/// An object of any kind of policy.
struct policy_object {
    object_meta meta;
    std::string stream;
    std::shared_ptr<const policy_document> document; // not null
    /// Annotated nodewall.io/stage: "true": whatever its kind, it enforces nothing.
    bool staged = false;

    policy_id id() const { return {stream, meta.key}; }
    /// What the document says; std::bad_cast where it is of another type.
    template <class Content> const Content& as() const;
    /// Equal in content, the documents' included.
    friend bool operator==(const policy_object& a, const policy_object& b);
};

template <class Content> class policy_document_of final : public policy_document {
public:
    explicit policy_document_of(Content c) : content(std::move(c)) {}
    bool equals(const policy_document& other) const override {
        const auto* same_type = dynamic_cast<const policy_document_of*>(&other);
        return same_type != nullptr && same_type->content == content;
    }
    const Content content;
};

template <class Content> std::shared_ptr<const policy_document> make_document(Content content) {
    return std::make_shared<const policy_document_of<Content>>(std::move(content));
}

template <class Content> const Content& policy_object::as() const {
    return dynamic_cast<const policy_document_of<Content>&>(*document).content;
}

/// An object that is no policy, but that policies speak of and that means nothing without them: a
/// tier, a set of addresses, a service account.
struct policy_part : policy_object {};

/// In the order of `kind`; `policy_object` stands for every kind of policy.
using object = std::variant<namespace_object, node_object, pod_object, service_object,
                            endpoint_slice_object, policy_object, policy_part>;

/// With the labels that Calico adds.
inline label_view labels_of(const pod_object& pod) {
    return {pod.meta.labels, pod.meta.key.namespace_, pod.service_account};
}

const object_meta& meta_of(const object& o);
object_meta& meta_of(object& o);

} // namespace nodewall::model
