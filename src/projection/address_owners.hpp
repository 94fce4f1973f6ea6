// Keeps `resolved.owners`: which of the pods that claim an address owns it. The owner is the pod
// that is not terminating, then the one with the later startTime, then with the greater UID
// (DESIGN section 5); then, for pods without UIDs, with the greater key.
#pragma once

#include "model/cluster_state.hpp"
#include "projection/change_collector.hpp"

#include <map>
#include <set>

namespace nodewall::projection {

class address_owners {
public:
    address_owners(model::resolved& resolved, change_collector& changes)
        : owners_(resolved.owners), changes_(changes) {}

    /// The addresses that a pod of this content claims: all its addresses, if it is subject to
    /// policy.
    static std::set<model::ip_address> claims_of(const model::pod_object& content);

    /// The pod, its content in place already, claimed `before` and now claims `after`. Returns the
    /// pods that own other addresses than before, itself perhaps among them.
    model::pod_set update(const model::pod_object* pod, const std::set<model::ip_address>& before,
                          const std::set<model::ip_address>& after);

private:
    /// Elects the owner among those who claim the address, of whom `pod` is one or is not any more.
    void settle(const model::ip_address& address, const model::pod_object* pod, bool claims,
                model::pod_set& touched);

    std::map<model::ip_address, const model::pod_object*>& owners_;
    std::multimap<model::ip_address, const model::pod_object*> waiting_; // claim what another owns
    change_collector& changes_;
};

} // namespace nodewall::projection
