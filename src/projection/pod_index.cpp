#include "projection/pod_index.hpp"

namespace nodewall::projection {

void pod_index::pod_changed(const model::pod_object* before, const model::pod_object* after) {
    const auto queries_of = [&](const model::pod_object* content) {
        return content != nullptr ? queries_.selecting(*content) : query_index::query_list{};
    };
    const auto claims_of = [](const model::pod_object* content) {
        return content != nullptr ? address_owners::claims_of(*content)
                                  : std::set<model::ip_address>{};
    };
    const auto* pod = after != nullptr ? after : before;
    changes_.object(change_collector::what::pod, pod->meta.key);
    queries_.reselect(pod, queries_of(before), queries_of(after));

    auto moved = owners_.update(pod, claims_of(before), claims_of(after));
    if (before != nullptr && after != nullptr && before->addresses != after->addresses)
        moved.insert(after);
    if (after == nullptr)
        moved.erase(before);
    for (const auto* other : moved)
        for (const auto* query : queries_.selecting(*other))
            changes_.query(*query);
}

} // namespace nodewall::projection
