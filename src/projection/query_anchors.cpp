#include "projection/query_anchors.hpp"

#include <algorithm>

namespace nodewall::projection {

std::vector<std::vector<query_anchors::anchor_view>>
query_anchors::choices(const model::pod_query& query) {
    using operation = model::label_requirement::operation;
    std::vector<std::vector<anchor_view>> found;
    const auto collect = [&](const model::label_selector& selector, anchor_view like) {
        for (const auto& requirement : selector.requirements) {
            if (requirement.op != operation::in)
                continue;
            auto& anchors = found.emplace_back();
            like.key = requirement.key;
            for (const auto& value : requirement.values) {
                like.value = value;
                anchors.push_back(like);
            }
        }
    };
    if (query.namespaces) {
        collect(query.pods, {.where = scope::pod_label});
        collect(*query.namespaces, {.where = scope::namespace_label});
        if (found.empty())
            found.push_back({anchor_view{}});
    } else {
        collect(query.pods,
                {.where = scope::pod_label_in_namespace, .namespace_ = query.namespace_});
        if (found.empty())
            found.push_back({{.where = scope::namespace_, .namespace_ = query.namespace_}});
    }
    return found;
}

std::size_t query_anchors::load(const std::vector<anchor_view>& anchors) const {
    std::size_t queries = 0;
    for (const auto& anchor : anchors)
        if (const auto hook = hooks_.find(anchor); hook != hooks_.end())
            queries += hook->second.size();
    return queries;
}

void query_anchors::add(const model::pod_query& query) {
    if (!query.invalid().empty())
        return;
    // The least loaded choice: a label that most queries ask for tells least.
    const auto options = choices(query);
    const auto best =
        std::min_element(options.begin(), options.end(),
                         [&](const auto& a, const auto& b) { return load(a) < load(b); });
    auto& hanging = hooks_of_[&query];
    for (const auto& view : *best) {
        const auto hook = hooks_.try_emplace(anchor(view)).first;
        hook->second.push_back(&query);
        hanging.push_back(hook);
    }
}

void query_anchors::remove(const model::pod_query& query) {
    const auto hanging = hooks_of_.extract(&query);
    if (hanging.empty())
        return;
    for (const auto hook : hanging.mapped()) {
        std::erase(hook->second, &query);
        if (hook->second.empty())
            hooks_.erase(hook);
    }
}

std::vector<const model::pod_query*>
query_anchors::candidates(std::string_view namespace_, const model::label_set& namespace_labels,
                          const model::label_set& pod_labels) const {
    std::vector<const model::pod_query*> found;
    const auto look = [&](const anchor_view& at) {
        if (const auto hook = hooks_.find(at); hook != hooks_.end())
            found.insert(found.end(), hook->second.begin(), hook->second.end());
    };
    look({});
    look({.where = scope::namespace_, .namespace_ = namespace_});
    for (const auto& [key, value] : pod_labels) {
        look({scope::pod_label_in_namespace, namespace_, key, value});
        look({scope::pod_label, {}, key, value});
    }
    for (const auto& [key, value] : namespace_labels)
        look({scope::namespace_label, {}, key, value});
    return found;
}

} // namespace nodewall::projection
