#include "model/service_proxy.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::model {

std::string why_ignored(const object_meta& meta, const gate_settings& s) {
    if (meta.labels.find(label_headless) != nullptr)
        return fmt::format("is labelled {}: kube-proxy ignores it", label_headless);
    const auto* name = meta.labels.find(label_service_proxy);
    if (name == nullptr || std::ranges::binary_search(s.service_proxies, *name))
        return {};
    return fmt::format("is labelled {}={}: kube-proxy ignores it, and gate.serviceProxies does not "
                       "name that proxy",
                       label_service_proxy, *name);
}

bool same_proxy(const object_meta& service, const object_meta& slice) {
    if (slice.labels.find(label_headless) != nullptr)
        return false;
    const auto* of_service = service.labels.find(label_service_proxy);
    const auto* of_slice = slice.labels.find(label_service_proxy);
    return of_service == nullptr || of_slice == nullptr ? of_service == of_slice
                                                        : *of_service == *of_slice;
}

} // namespace nodewall::model
