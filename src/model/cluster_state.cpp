#include "model/cluster_state.hpp"

namespace nodewall::model {

std::optional<pod_query> query_of_selector(const service_object& service) {
    if (!service.selector)
        return std::nullopt;
    pod_query query{.namespace_ = service.meta.key.namespace_};
    for (const auto& [key, value] : *service.selector)
        query.pods.requirements.push_back({.key = key, .values = {value}});
    return query;
}

} // namespace nodewall::model
