#include "model/cluster_state.hpp"

#include <tuple>

namespace nodewall::model {

std::optional<pod_query> query_of_selector(const service_object& service) {
    if (!service.selector)
        return std::nullopt;
    pod_query query{.namespace_ = service.meta.key.namespace_};
    for (const auto& [key, value] : *service.selector)
        query.pods.requirements.push_back({.key = key, .values = {value}});
    return query;
}

std::strong_ordering operator<=>(const change& a, const change& b) {
    // What is short and differs most often comes first.
    const auto told = [](const change& c) {
        return std::tie(c.kind, c.address, c.block, c.key, c.query, c.policy);
    };
    return told(a) <=> told(b);
}

} // namespace nodewall::model
