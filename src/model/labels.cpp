#include "model/labels.hpp"

#include <algorithm>

namespace nodewall::model {

label_set::label_set(std::vector<std::pair<std::string, std::string>> pairs) {
    const auto unordered = [](const auto& a, const auto& b) { return a.first >= b.first; };
    if (std::ranges::adjacent_find(pairs, unordered) == pairs.end()) {
        pairs_ = std::move(pairs);
        pairs_.shrink_to_fit();
        return;
    }
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& pair : pairs) {
        if (!pairs_.empty() && pairs_.back().first == pair.first)
            pairs_.back() = std::move(pair);
        else
            pairs_.push_back(std::move(pair));
    }
    pairs_.shrink_to_fit();
}

const std::string* label_set::find(std::string_view key) const {
    const auto at = std::lower_bound(pairs_.begin(), pairs_.end(), key,
                                     [](const auto& pair, auto k) { return pair.first < k; });
    return at != pairs_.end() && at->first == key ? &at->second : nullptr;
}

void label_set::add_if_absent(std::string_view key, std::string_view value) {
    const auto at = std::lower_bound(pairs_.begin(), pairs_.end(), key,
                                     [](const auto& pair, auto k) { return pair.first < k; });
    if (at == pairs_.end() || at->first != key)
        pairs_.emplace(at, key, value);
}

bool label_requirement::matches(const label_set& labels) const {
    const auto* value = labels.find(key);
    const auto listed = [&] { return std::binary_search(values.begin(), values.end(), *value); };
    switch (op) {
    case operation::in:
        return value != nullptr && listed();
    case operation::not_in:
        return value == nullptr || !listed();
    case operation::exists:
        return value != nullptr;
    case operation::does_not_exist:
        break;
    }
    return value == nullptr;
}

std::optional<std::string_view> label_view::find(std::string_view key) const {
    if (!namespace_.empty() && key.starts_with("projectcalico.org/")) {
        const auto added = key == calico_namespace_label ? namespace_
                           : key == calico_account_label ? account
                                                         : std::string_view();
        if (!added.empty())
            return added;
    }
    const auto* value = own.find(key);
    return value == nullptr ? std::nullopt : std::optional<std::string_view>(*value);
}

bool label_selector::matches(const label_view& labels) const {
    return invalid.empty() &&
           std::all_of(requirements.begin(), requirements.end(),
                       [&](const auto& r) { return r.matches(labels.own); }) &&
           further.holds(labels);
}

std::string label_selector::to_string() const {
    if (!invalid.empty())
        return "(not valid: " + invalid + ")";
    std::string text;
    const auto list = [](const std::vector<std::string>& values) {
        std::string joined;
        for (const auto& value : values)
            joined += (joined.empty() ? "" : ",") + value;
        return joined;
    };
    for (const auto& r : requirements) {
        if (!text.empty())
            text += ',';
        switch (r.op) {
        case label_requirement::operation::in:
            text += r.values.size() == 1 ? r.key + '=' + r.values.front()
                                         : r.key + " in (" + list(r.values) + ')';
            break;
        case label_requirement::operation::not_in:
            text += r.key + " notin (" + list(r.values) + ')';
            break;
        case label_requirement::operation::exists:
            text += r.key;
            break;
        case label_requirement::operation::does_not_exist:
            text += '!' + r.key;
            break;
        }
    }
    if (!further.holds_always())
        text += (text.empty() ? "" : ",") + further.to_string();
    return text;
}

std::string label_selector::canonical_text() const {
    static constexpr std::string_view operations[] = {"in", "notin", "exists", "!exists"};
    std::string text;
    const auto field = [&](std::string_view value) {
        text += std::to_string(value.size());
        text += ':';
        text += value;
    };
    if (!invalid.empty()) {
        field("invalid");
        field(invalid);
    }
    for (const auto& r : requirements) {
        field(r.key);
        field(operations[static_cast<std::size_t>(r.op)]);
        text += std::to_string(r.values.size());
        text += ';';
        for (const auto& value : r.values)
            field(value);
    }
    if (!further.holds_always()) {
        field("further");
        field(further.to_string());
    }
    return text;
}

} // namespace nodewall::model
