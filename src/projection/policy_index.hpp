// Keeps `resolved.policies`: each policy translated, and whom it selects, in the order in which
// policies are asked.
//
// A translation may rest on other objects (model::policy::rests_on). When one of them changes, the
// policies that rest on it are stale until settle() translates them anew: so a list of a thousand
// sets of addresses costs one translation of each policy, not a thousand.
#pragma once

#include "model/cluster_state.hpp"
#include "policy/budget.hpp"
#include "policy/translators.hpp"
#include "projection/change_collector.hpp"
#include "projection/query_index.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace nodewall::projection {

class policy_index {
public:
    policy_index(const model::objects& objects, model::resolved& resolved, query_index& queries,
                 change_collector& changes, policy::translators translators)
        : objects_(objects), resolved_(resolved), queries_(queries), changes_(changes),
          translators_(std::move(translators)) {}

    /// The policy's object was `before` and is now `after`; nullptr where it did or does not exist.
    void policy_changed(const model::policy_object* before, const model::policy_object* after);

    /// An event says of the policy what was known of it.
    void policy_repeated(const model::policy_object& object);

    /// An object that a translation may rest on comes, changes or goes.
    void touched(const model::policy_id& object);
    /// Before anyone looks at what is kept.
    void settle();

private:
    /// As it counts within its namespace's budget so far.
    model::policy translated(const model::policy_object& object);
    void put(const model::policy_object& object, model::policy fresh);
    void put_again(const model::policy_id& id);
    void keep_budget(const std::string& namespace_);
    void erase(const model::policy_id& id);
    void rest_on(const model::policy& policy);
    void rest_no_more(const model::policy& policy);
    template <class Query, class Asked>
    static void each_query(const model::policy& policy, Query query, Asked asked);

    const model::objects& objects_;
    model::resolved& resolved_;
    query_index& queries_;
    change_collector& changes_;
    policy::translators translators_;
    std::map<model::policy_id, std::set<model::policy_id>> resting_; // by what they rest on
    std::set<model::policy_id> stale_;

    struct namespace_costs {
        policy::namespace_budget budget;
        std::map<model::policy_id, std::string> over; // as they are kept
    };
    std::map<std::string, namespace_costs> costs_; // by namespace
    std::set<std::string> recounted_;              // namespaces, since settle()
};

} // namespace nodewall::projection
