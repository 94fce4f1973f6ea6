// Keeps `resolved.queries` and `resolved.policies_of_pod`: who each query selects, and by which
// policies each pod is selected.
#pragma once

#include "model/cluster_state.hpp"
#include "projection/change_collector.hpp"
#include "projection/query_anchors.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nodewall::projection {

/// A pod is known here by its place in `objects.pods`, which holds its content after a change
/// already; where the content before matters, it is handed in.
class query_index {
public:
    /// Keys of `resolved.queries`, sorted by place.
    using query_list = std::vector<const model::pod_query*>;

    query_index(const model::objects& objects, model::resolved& resolved, change_collector& changes)
        : objects_(objects), resolved_(resolved), changes_(changes) {}

    /// Counts one use more; the first finds the members among all pods, unless those are yet to be
    /// told of (pods_follow()).
    void acquire(const model::pod_query& query);
    /// Counts one use less; the last forgets the query.
    void release(const model::pod_query& query);

    /// Whether all pods will be told of, by reselect(), behind the queries: each of them then finds
    /// its queries by an index, where a query would look at every pod in its scope.
    void pods_follow(bool follow) { pods_follow_ = follow; }

    /// acquire() and release() of a query that rules ask of their subjects: a pod that enters or
    /// leaves it has changed.
    void ask_of_subjects(const model::pod_query& query);
    void ask_no_more(const model::pod_query& query);

    /// The queries that select a pod of this content.
    query_list selecting(const model::pod_object& content) const;

    /// The pod was selected by `before` and is now selected by `after`. What that changes among the
    /// addresses of their members is for the caller to tell, who knows which of them the pod owns.
    void reselect(const model::pod_object* pod, const query_list& before, const query_list& after);

    /// The namespace's labels change.
    void relabel(std::string_view namespace_, const model::label_set& before,
                 const model::label_set& after);

    /// The subject of the policy, known by its place in `resolved.policies`, was `before` and is
    /// now `after`, nullptr where it had or has none; both are acquired.
    void retarget(const model::policy* policy, const model::pod_query* before,
                  const model::pod_query* after);

    /// The policy, whose subject is `subject` still, is asked at another place among the others.
    void reorder(const model::policy* policy, const model::pod_query& subject);

    /// Brings `resolved.policies_of_pod` up to date: before anyone looks at it. Between two calls
    /// changes are but noted, so that n policies that come together cost n log n.
    void settle();

    /// What a selector of namespaces sees: labels as the log knows them, and for a namespace that
    /// it does not know kubernetes.io/metadata.name alone.
    static model::label_set labels_of(std::string_view namespace_,
                                      const model::namespace_object* known);

private:
    struct entry {
        model::pod_set* members = nullptr;
        std::size_t uses = 0;
        std::size_t asked_of_subjects = 0;
        boost::unordered_flat_set<const model::policy*> subject_of;
    };
    /// A policy that selects a pod from now on, or no longer.
    struct selection {
        const model::policy* policy; // one that is no longer selected may be gone
        bool selected;
    };

    entry& entry_of(const model::pod_query& content);
    model::label_set labels_of(std::string_view namespace_) const;
    void find_members(const model::pod_query& query, model::pod_set& members) const;
    void join(const model::pod_query& query, const model::pod_object* pod);
    void leave(const model::pod_query& query, const model::pod_object* pod);
    /// Of several selections of one policy the last one holds.
    static void update(model::policy_list& asked, std::vector<selection> selections);
    void select(const model::policy* policy, const model::pod_object* pod);
    void deselect(const model::policy* policy, const model::pod_object* pod);
    /// Tells that the pod's own addresses enter or leave the query.
    void report(const model::pod_query& query, const model::pod_object* pod);

    const model::objects& objects_;
    model::resolved& resolved_;
    change_collector& changes_;
    query_anchors anchors_;
    bool pods_follow_ = false;
    std::unordered_map<const model::pod_query*, entry> entries_; // by the key in resolved.queries
    std::unordered_map<const model::pod_object*, std::vector<selection>> unsettled_;
};

} // namespace nodewall::projection
