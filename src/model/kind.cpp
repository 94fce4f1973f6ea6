#include "model/kind.hpp"

namespace nodewall::model {

namespace {

struct kind_names {
    kind what;
    std::string_view stream;
    std::string_view object;
    std::string_view group;     // today's API group
    std::string_view old_group; // an older group that served the same objects, or today's again
};

constexpr std::array names{
    kind_names{kind::namespace_, "namespaces", "Namespace", "", ""},
    kind_names{kind::node, "nodes", "Node", "", ""},
    kind_names{kind::pod, "pods", "Pod", "", ""},
    kind_names{kind::service, "services", "Service", "", ""},
    kind_names{kind::endpoint_slice, "endpointslices.discovery.k8s.io", "EndpointSlice",
               "discovery.k8s.io", "discovery.k8s.io"},
    kind_names{kind::network_policy, "networkpolicies.networking.k8s.io", "NetworkPolicy",
               "networking.k8s.io", "extensions"},
};

const kind_names& names_of(kind k) {
    return names[static_cast<std::size_t>(k)];
}

std::string_view group_of(std::string_view api_version) {
    const auto slash = api_version.find('/');
    return slash == std::string_view::npos ? std::string_view{} : api_version.substr(0, slash);
}

} // namespace

std::string_view stream_name(kind k) {
    return names_of(k).stream;
}
std::string_view object_kind(kind k) {
    return names_of(k).object;
}

std::optional<kind> kind_of_stream(std::string_view stream) {
    for (const auto& entry : names)
        if (entry.stream == stream)
            return entry.what;
    return std::nullopt;
}

std::optional<kind> kind_of_object(std::string_view api_version, std::string_view object_kind) {
    const auto group = group_of(api_version);
    for (const auto& entry : names)
        if (entry.object == object_kind && (entry.group == group || entry.old_group == group))
            return entry.what;
    return std::nullopt;
}

std::string object_key::to_string() const {
    return namespace_.empty() ? name : namespace_ + "/" + name;
}

} // namespace nodewall::model
