// How many front doors a Service, and the Services of a namespace, may have (SEMANTICS section 6,
// "Costs"): addresses times ports, so a small object may mean millions. A Service over the budget
// refuses everyone.
#pragma once

#include "model/objects.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>

namespace nodewall::policy {

class door_budget {
public:
    /// So many at most, worked out from the object alone.
    static std::size_t doors_of(const model::service_object& service);

    /// Returns the Services that are over the budget now and were not, or the other way round.
    std::set<model::object_key> put(const model::service_object& service);
    std::set<model::object_key> erase(const model::object_key& service);

    bool is_over(const model::object_key& service) const;
    /// A sentence for each Service that is over the budget.
    const std::map<model::object_key, std::string>& over() const { return over_; }

private:
    struct costs {
        std::map<model::object_key, std::size_t> doors; // of each that fits by itself
        std::size_t all = 0;
    };
    std::set<model::object_key> recount(const std::string& namespace_);
    void forget(const model::object_key& service);

    std::map<std::string, costs> namespaces_;
    std::map<model::object_key, std::string> too_large_, over_; // the first by themselves
};

} // namespace nodewall::policy
