// The kinds of objects that nodewall watches, and their names in the API and in the log.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
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
std::optional<kind> kind_of_stream(std::string_view stream);

/// From an object's own words: ("networking.k8s.io/v1", "NetworkPolicy"). Reads old groups too
/// (extensions/v1beta1 NetworkPolicy, discovery.k8s.io/v1beta1 EndpointSlice).
std::optional<kind> kind_of_object(std::string_view api_version, std::string_view object_kind);

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
