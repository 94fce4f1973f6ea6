// What Calico's policies say of a connection to a pod, read plainly out of what they say: no query,
// no set of addresses, no translation (POLICY-APIS section 5).
#pragma once

#include "model/cluster_state.hpp"

#include <cstdint>

namespace nodewall::test {

/// A TCP connection of `source` to the port of the pod at `subject`; NetworkPolicies of Kubernetes
/// that admit all, none, or pods of their namespace stand among them.
bool calico_oracle_admits(const model::objects& objects, const model::ip_address& source,
                          const model::pod_object& subject, const model::ip_address& address,
                          std::uint16_t port);

} // namespace nodewall::test
