// Where an API server serves a kind.
#pragma once

#include "codec/kind_registry.hpp"

#include <string>
#include <string_view>

namespace nodewall::kube {

/// A kind in one version of its group.
struct served_at {
    const codec::kind_row* what = nullptr;
    std::string version;
};

/// "/api/v1", "/apis/networking.k8s.io/v1".
inline std::string version_path(const codec::kind_row& row, std::string_view version) {
    auto path = row.group.empty() ? std::string("/api/") : "/apis/" + row.group + "/";
    return path.append(version);
}

/// "/api/v1/pods".
inline std::string resource_path(const served_at& where) {
    return version_path(*where.what, where.version) + "/" + where.what->resource;
}

} // namespace nodewall::kube
