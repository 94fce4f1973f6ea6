// Keeps `resolved.owners`: which of the pods that claim an address owns it. The owner is the pod
// that is not terminating, then the one with the later startTime, then with the greater UID
// (DESIGN section 5); then, for pods without UIDs, with the greater key.
#pragma once

#include "model/cluster_state.hpp"
#include "projection/change_collector.hpp"

#include <map>
#include <set>
#include <vector>

namespace nodewall::projection {

class address_owners {
public:
    address_owners(model::resolved& resolved, change_collector& changes)
        : owners_(resolved.owners), changes_(changes) {}

    /// The addresses that a pod of this content claims: all its addresses, if it is subject to
    /// policy.
    static std::set<model::ip_address> claims_of(const model::pod_object& content);

    /// An address that goes from one owner to another; nullptr: no pod owns it.
    struct move {
        model::ip_address address;
        const model::pod_object* from = nullptr;
        const model::pod_object* to = nullptr;
        bool operator==(const move&) const = default;
    };

    /// The pod, its content in place already, claimed `before` and now claims `after`. Returns what
    /// that moves, in no order that means anything.
    std::vector<move> update(const model::pod_object* pod,
                             const std::set<model::ip_address>& before,
                             const std::set<model::ip_address>& after);

private:
    /// Elects the owner among those who claim the address, of whom `pod` is one or is not any more.
    void settle(const model::ip_address& address, const model::pod_object* pod, bool claims,
                std::vector<move>& moves);

    std::map<model::ip_address, const model::pod_object*>& owners_;
    std::multimap<model::ip_address, const model::pod_object*> waiting_; // claim what another owns
    change_collector& changes_;
};

} // namespace nodewall::projection
