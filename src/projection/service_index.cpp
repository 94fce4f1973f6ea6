#include "projection/service_index.hpp"

namespace nodewall::projection {

namespace {

using what = model::change::what;

model::object_key service_of(const model::endpoint_slice_object& slice) {
    return {.namespace_ = slice.meta.key.namespace_, .name = slice.service};
}

/// Takes `value` out of the set at `key`; an empty set goes.
void erase_from(std::map<model::object_key, std::set<model::object_key>>& index,
                const model::object_key& key, const model::object_key& value) {
    const auto at = index.find(key);
    at->second.erase(value);
    if (at->second.empty())
        index.erase(at);
}

} // namespace

void service_index::service_changed(const model::service_object* before,
                                    const model::service_object* after) {
    changes_.object(what::service, (after != nullptr ? after : before)->meta.key);
    if (state_.endpoint_slices_known)
        return;
    if (const auto query = after != nullptr ? query_of_selector(*after) : std::nullopt)
        queries_.acquire(*query);
    if (const auto query = before != nullptr ? query_of_selector(*before) : std::nullopt)
        queries_.release(*query);
}

void service_index::endpoint_slices_are_known() {
    if (state_.endpoint_slices_known)
        return;
    state_.endpoint_slices_known = true;
    for (const auto& [key, service] : state_.objects.services)
        if (const auto query = query_of_selector(service))
            queries_.release(*query);
    changes_.everything();
}

void service_index::slice_changed(const model::endpoint_slice_object* before,
                                  const model::endpoint_slice_object* after) {
    if (after != nullptr && !after->service.empty())
        link(*after);
    if (before != nullptr && !before->service.empty())
        unlink(*before, after != nullptr && after->service == before->service);
}

void service_index::link(const model::endpoint_slice_object& slice) {
    const auto service = service_of(slice);
    changes_.object(what::service, service);
    state_.resolved.slices_of_service[service].insert(slice.meta.key);
}

void service_index::unlink(const model::endpoint_slice_object& slice, bool stays) {
    const auto service = service_of(slice);
    changes_.object(what::service, service);
    if (!stays)
        erase_from(state_.resolved.slices_of_service, service, slice.meta.key);
}

} // namespace nodewall::projection
