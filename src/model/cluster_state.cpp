#include "model/cluster_state.hpp"

namespace nodewall::model {

std::optional<pod_query> query_of(const policy_peer& peer, std::string_view policy_namespace) {
    if (peer.block || !peer.not_understood.empty())
        return std::nullopt;
    pod_query query;
    if (peer.namespace_selector)
        query.namespaces = peer.namespace_selector;
    else
        query.namespace_ = policy_namespace;
    if (peer.pod_selector)
        query.pods = *peer.pod_selector;
    return query;
}

pod_query query_of_subject(const network_policy_object& policy) {
    return {.namespace_ = policy.meta.key.namespace_,
            .namespaces = std::nullopt,
            .pods = policy.pod_selector};
}

std::optional<pod_query> query_of_selector(const service_object& service) {
    if (!service.selector)
        return std::nullopt;
    pod_query query{.namespace_ = service.meta.key.namespace_};
    for (const auto& [key, value] : *service.selector)
        query.pods.requirements.push_back({.key = key, .values = {value}});
    return query;
}

} // namespace nodewall::model
