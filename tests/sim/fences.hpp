// A kind of policies that comes and goes with its definition, of which only the simulation knows: a
// Fence (example.org/v1, cluster-scoped) admits some sources to the pods of one namespace, and
// nobody else.
//
//     spec: {namespace: a, sources: [192.0.2.0/24]}
#pragma once

#include "agent/known_kinds.hpp"
#include "apiserver/request.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace nodewall::sim {

inline constexpr auto fence_stream = "fences.example.org";

/// The standard kinds and fences.
agent::known_kinds kinds_with_fences();

/// What the definition makes the API server serve.
apiserver::api_resource fence_resource();

boost::json::object fence(const std::string& name, const std::string& namespace_,
                          const std::string& source);

} // namespace nodewall::sim
