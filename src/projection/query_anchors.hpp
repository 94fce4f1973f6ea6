// The inverted label index: from a pod's labels to the few queries that could select it.
//
// Each query hangs on one requirement, something that every pod it selects must have: a label of
// the pod, or of its namespace. A query that requires no label hangs on the one namespace that it
// means or, meaning several, where every pod finds it.
#pragma once

#include "model/cluster_state.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nodewall::projection {

/// Refers to queries, which must outlive their stay here. Queries with an invalid selector select
/// nobody and hang nowhere.
class query_anchors {
public:
    void add(const model::pod_query& query);
    void remove(const model::pod_query& query);

    /// A superset of the queries that select a pod with these labels, each query once.
    std::vector<const model::pod_query*> candidates(std::string_view namespace_,
                                                    const model::label_set& namespace_labels,
                                                    const model::label_set& pod_labels) const;

private:
    enum class scope : std::uint8_t {
        anything,               ///< every pod
        namespace_,             ///< pods of one namespace
        pod_label_in_namespace, ///< pods of one namespace with a label
        pod_label,              ///< pods with a label
        namespace_label,        ///< pods of namespaces with a label
    };
    struct anchor_view {
        scope where = scope::anything;
        std::string_view namespace_{}, key{}, value{};
        auto operator<=>(const anchor_view&) const = default;
    };
    struct anchor {
        scope where;
        std::string namespace_, key, value;
        explicit anchor(const anchor_view& v)
            : where(v.where), namespace_(v.namespace_), key(v.key), value(v.value) {}
        operator anchor_view() const { return {where, namespace_, key, value}; }
    };
    struct by_content {
        using is_transparent = void;
        bool operator()(const anchor_view& a, const anchor_view& b) const { return a < b; }
    };
    using hooks = std::map<anchor, std::vector<const model::pod_query*>, by_content>;

    /// Where the query may hang: for each choice all the anchors that it needs, one for each value
    /// that the requirement admits.
    static std::vector<std::vector<anchor_view>> choices(const model::pod_query& query);
    std::size_t load(const std::vector<anchor_view>& anchors) const;

    hooks hooks_;
    std::unordered_map<const model::pod_query*, std::vector<hooks::iterator>> hooks_of_;
};

} // namespace nodewall::projection
