#include "codec/decode.hpp"

#include "base/sort_unique.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::codec {

namespace {

using operation = model::label_requirement::operation;

operation read_operation(const dom::value& field) {
    const auto text = field.text();
    if (text == "In")
        return operation::in;
    if (text == "NotIn")
        return operation::not_in;
    if (text == "Exists")
        return operation::exists;
    if (text != "DoesNotExist")
        field.complain(fmt::format("is '{}', not In, NotIn, Exists or DoesNotExist", text));
    return operation::does_not_exist;
}

model::label_requirement read_requirement(const dom::value& expression) {
    expression.require_only({"key", "operator", "values"});
    model::label_requirement requirement;
    const auto key = expression["key"];
    requirement.key = key.text();
    if (requirement.key.empty())
        key.complain("is missing");
    requirement.op = read_operation(expression["operator"]);
    const auto values = expression["values"];
    values.each([&](const dom::value& item) { requirement.values.emplace_back(item.text()); });
    sort_unique(requirement.values);
    const bool wants_values =
        requirement.op == operation::in || requirement.op == operation::not_in;
    if (wants_values == requirement.values.empty())
        values.complain(wants_values ? "is empty" : "must be empty with this operator");
    return requirement;
}

} // namespace

model::label_selector read_selector(const dom::value& selector) {
    model::label_selector out;
    if (!selector.present())
        return out;
    dom::complaints faults;
    const dom::value v(selector, faults);
    v.require_only({"matchLabels", "matchExpressions"});
    const auto labels = v["matchLabels"];
    labels.each_field([&](std::string_view key, const dom::value& text) {
        out.requirements.push_back({.key = std::string(key), .values = {std::string(text.text())}});
    });
    const auto expressions = v["matchExpressions"];
    expressions.each([&](const dom::value& e) { out.requirements.push_back(read_requirement(e)); });
    sort_unique(out.requirements);
    if (faults.any())
        out = {.invalid = faults.first().detail()};
    return out;
}

} // namespace nodewall::codec
