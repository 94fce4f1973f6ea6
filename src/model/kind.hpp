// The kinds of objects that nodewall watches, and their names in the API and in the log.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace nodewall::model {

enum class kind : std::uint8_t {
    namespace_,
    node,
    pod,
    service,
    endpoint_slice,
    network_policy,
};
inline constexpr std::array kinds{kind::namespace_, kind::node,           kind::pod,
                                  kind::service,    kind::endpoint_slice, kind::network_policy};

/// The stream's name in the log: the resource and, outside the core group, its group:
/// "pods", "networkpolicies.networking.k8s.io".
std::string_view stream_name(kind k);

/// "NetworkPolicy", "Pod": the object's `kind`.
std::string_view object_kind(kind k);

/// The stream of the agent's own events.
inline constexpr std::string_view agent_stream = "nodewall";

struct object_key {
    std::string namespace_; // empty for cluster-scoped kinds
    std::string name;

    /// "namespace/name", or "name" where there is no namespace.
    std::string to_string() const;
    auto operator<=>(const object_key&) const = default;
};

} // namespace nodewall::model
