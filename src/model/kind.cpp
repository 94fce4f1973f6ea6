#include "model/kind.hpp"

namespace nodewall::model {

namespace {

struct kind_names {
    kind what;
    std::string_view stream;
    std::string_view object;
};

constexpr std::array names{
    kind_names{kind::namespace_, "namespaces", "Namespace"},
    kind_names{kind::node, "nodes", "Node"},
    kind_names{kind::pod, "pods", "Pod"},
    kind_names{kind::service, "services", "Service"},
    kind_names{kind::endpoint_slice, "endpointslices.discovery.k8s.io", "EndpointSlice"},
    kind_names{kind::network_policy, "networkpolicies.networking.k8s.io", "NetworkPolicy"},
};

const kind_names& names_of(kind k) {
    return names[static_cast<std::size_t>(k)];
}

} // namespace

std::string_view stream_name(kind k) {
    return names_of(k).stream;
}
std::string_view object_kind(kind k) {
    return names_of(k).object;
}

std::string object_key::to_string() const {
    return namespace_.empty() ? name : namespace_ + "/" + name;
}

} // namespace nodewall::model
