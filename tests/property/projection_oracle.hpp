// What the projector should hold and report, found the slow and plain way: everything anew from the
// objects, every query asked of every pod.
#pragma once

#include "model/cluster_state.hpp"
#include "policy/translators.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace nodewall::test {

using key_set = std::set<model::object_key>;

/// model::resolved with names in place of pointers.
struct named_resolved {
    std::map<model::pod_query, key_set> queries;
    std::map<model::ip_address, model::object_key> owners;
    std::map<model::policy_id, model::policy> policies;
    std::map<model::object_key, std::vector<model::policy_id>> policies_of_pod;
    std::map<model::object_key, key_set> slices_of_service;
    bool operator==(const named_resolved&) const = default;
};

/// A state as a value: comparable, and independent of the projector that it came from.
struct snapshot {
    model::objects objects;
    named_resolved resolved;
    bool endpoint_slices_known = false;
    std::map<std::string, std::string> undecodable;
    std::map<std::string, std::vector<std::string>> not_understood;
};
bool operator==(const snapshot& a, const snapshot& b);

/// Fails the running test where a pointer does not lead into the state's own objects.
snapshot snapshot_of(const model::cluster_state& state);

/// `resolved` as it follows from the objects alone.
named_resolved resolve(const model::objects& objects, bool endpoint_slices_known,
                       const policy::translators& translators);

/// Exactly what must be reported when one event leads from one state to the other.
std::set<model::change> changes_between(const snapshot& before, const snapshot& after);

} // namespace nodewall::test
