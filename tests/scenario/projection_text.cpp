#include "scenario/projection_text.hpp"

namespace nodewall::test {

namespace {

std::string join(const std::set<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text.empty() ? "nobody" : text;
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty())
            text += separator;
        text += word;
    }
    return text;
}

std::string to_text(const model::label_requirement& requirement) {
    using operation = model::label_requirement::operation;
    switch (requirement.op) {
    case operation::in:
        return requirement.key + "=" + join(requirement.values, "|");
    case operation::not_in:
        return requirement.key + "!=" + join(requirement.values, "|");
    case operation::exists:
        return requirement.key;
    case operation::does_not_exist:
        break;
    }
    return "!" + requirement.key;
}

std::string to_text(const model::label_selector& selector) {
    if (!selector.invalid.empty())
        return "(invalid)";
    std::vector<std::string> parts;
    for (const auto& requirement : selector.requirements)
        parts.push_back(to_text(requirement));
    return parts.empty() ? "*" : join(parts, ",");
}

std::string to_text(const model::pod_query& query) {
    return "pods " + to_text(query.pods) + " of " +
           (query.namespaces ? "namespaces " + to_text(*query.namespaces)
                             : "namespace " + query.namespace_);
}

std::string names(const model::pod_set& pods) {
    std::set<std::string> words;
    for (const auto* pod : pods)
        words.insert(pod->meta.key.to_string());
    return join(words);
}

std::string names(const std::set<model::object_key>& keys) {
    std::set<std::string> words;
    for (const auto& key : keys)
        words.insert(key.to_string());
    return join(words);
}

std::string name_of(const model::object_key& key) {
    return key.to_string();
}

std::string name_of(const model::policy_id& id) {
    return id.key.to_string();
}

std::string to_text(const model::change& change) {
    using what = model::change::what;
    switch (change.kind) {
    case what::service:
        return "service " + change.key.to_string();
    case what::pod:
        return "pod " + change.key.to_string();
    case what::policy:
        return "policy " + change.policy.key.to_string();
    case what::query:
        return "query " + to_text(change.query) +
               (change.block ? " in " + change.block->to_string() : "");
    case what::address_owner:
        return "owner of " + change.address.to_string();
    case what::node:
        return "node " + change.key.to_string();
    case what::everything:
        break;
    }
    return "everything";
}

} // namespace

std::string changes_text(const std::set<model::change>& changes) {
    std::string text;
    for (const auto& change : changes)
        text += to_text(change) + '\n';
    return text.empty() ? "nothing changed\n" : text;
}

std::string objects_text(const model::cluster_state& state) {
    std::string text;
    const auto list = [&](std::string_view title, const auto& table) {
        std::set<std::string> words;
        for (const auto& [key, object] : table)
            words.insert(name_of(key));
        if (!words.empty())
            text += std::string(title) + ": " + join(words) + '\n';
    };
    list("namespaces", state.objects.namespaces);
    list("nodes", state.objects.nodes);
    list("pods", state.objects.pods);
    list("services", state.objects.services);
    list("endpoint slices", state.objects.endpoint_slices);
    list("policies", state.objects.policies);
    return text;
}

std::string queries_text(const model::resolved& resolved) {
    std::string text;
    for (const auto& [query, members] : resolved.queries)
        text += to_text(query) + ": " + names(members) + '\n';
    return text.empty() ? "no queries\n" : text;
}

std::string owners_text(const model::resolved& resolved) {
    std::string text;
    for (const auto& [address, pod] : resolved.owners)
        text += address.to_string() + ": " + pod->meta.key.to_string() + '\n';
    return text.empty() ? "no owners\n" : text;
}

std::string policies_text(const model::resolved& resolved) {
    std::map<model::object_key, std::vector<std::string>> by_key;
    for (const auto& [pod, policies] : resolved.policies_of_pod)
        for (const auto* policy : policies)
            by_key[pod->meta.key].push_back(policy->id.key.to_string());
    std::string text;
    for (const auto& [pod, policies] : by_key)
        text += "pod " + pod.to_string() + ": " + join(policies, " ") + '\n';
    return text.empty() ? "no pod is selected\n" : text;
}

std::string services_text(const model::resolved& resolved) {
    std::string text;
    for (const auto& [service, slices] : resolved.slices_of_service)
        text += "service " + service.to_string() + ": " + names(slices) + '\n';
    return text.empty() ? "no slices\n" : text;
}

std::string misread_text(const model::cluster_state& state) {
    std::string text;
    for (const auto& [name, parts] : state.not_understood)
        for (const auto& part : parts)
            text.append(name).append(": ").append(part).append("\n");
    return text.empty() ? "everything is understood\n" : text;
}

std::string undecodable_text(const model::cluster_state& state) {
    std::string text;
    for (const auto& [name, reason] : state.undecodable)
        text += name + '\n';
    return text.empty() ? "everything is understood\n" : text;
}

} // namespace nodewall::test
