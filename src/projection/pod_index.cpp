#include "projection/pod_index.hpp"

#include <algorithm>
#include <iterator>

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
    const auto selected_before = queries_of(before), selected = queries_of(after);
    queries_.reselect(pod, selected_before, selected);

    const auto claims = claims_of(after);
    const auto moves = owners_.update(pod, claims_of(before), claims);
    const auto queries_of_owner = [&](const model::pod_object* owner,
                                      const query_index::query_list& of_pod) {
        return owner == pod ? of_pod : queries_of(owner);
    };
    for (const auto& m : moves)
        member_moved(m.address, queries_of_owner(m.from, selected_before),
                     queries_of_owner(m.to, selected));
    if (selected == selected_before)
        return;
    for (const auto& address : claims) {
        const bool moved = std::any_of(moves.begin(), moves.end(),
                                       [&](const auto& m) { return m.address == address; });
        if (!moved && owned_.at(address) == pod)
            member_moved(address, selected_before, selected);
    }
}

void pod_index::member_moved(const model::ip_address& address,
                             const query_index::query_list& before,
                             const query_index::query_list& after) {
    query_index::query_list differing;
    std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(),
                                  std::back_inserter(differing));
    for (const auto* query : differing)
        changes_.member(*query, address);
}

} // namespace nodewall::projection
