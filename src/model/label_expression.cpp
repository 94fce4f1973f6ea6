#include "model/label_expression.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nodewall::model {

/// A test, or what stands beside each other: at least two, or none, which holds never.
struct label_expression::node {
    enum class sort : std::uint8_t { test, all, any };
    sort what = sort::any;
    label_test test{};
    std::vector<label_expression> parts{};
};

bool label_test::holds(const label_view& labels) const {
    const auto value = labels.find(key);
    const auto held = [&] {
        if (!value)
            return false;
        switch (op) {
        case operation::in:
            return std::binary_search(values.begin(), values.end(), *value, std::less<>());
        case operation::contains:
            return value->find(values.front()) != std::string_view::npos;
        case operation::starts_with:
            return value->starts_with(values.front());
        case operation::ends_with:
            return value->ends_with(values.front());
        case operation::exists:
            break;
        }
        return true;
    };
    return held() != negated;
}

label_expression label_expression::nothing() {
    static const auto root = std::make_shared<const node>();
    return label_expression(root);
}

label_expression::label_expression(label_test test) {
    if (test.op == label_test::operation::in && test.values.empty())
        *this = test.negated ? label_expression() : nothing();
    else
        root_ = std::make_shared<const node>(
            node{.what = node::sort::test, .test = std::move(test), .parts = {}});
}

bool label_expression::holds_never() const {
    return root_ && root_->what == node::sort::any && root_->parts.empty();
}

label_expression label_expression::joined(bool all, std::vector<label_expression> parts) {
    const auto what = all ? node::sort::all : node::sort::any;
    std::vector<label_expression> flat;
    for (auto& part : parts) {
        if (all ? part.holds_never() : part.holds_always())
            return part;
        if (all ? part.holds_always() : part.holds_never())
            continue;
        if (part.root_->what == what)
            flat.insert(flat.end(), part.root_->parts.begin(), part.root_->parts.end());
        else
            flat.push_back(std::move(part));
    }
    std::sort(flat.begin(), flat.end());
    flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
    if (flat.empty())
        return all ? label_expression() : nothing();
    if (flat.size() == 1)
        return flat.front();
    return label_expression(
        std::make_shared<const node>(node{.what = what, .test = {}, .parts = std::move(flat)}));
}

label_expression label_expression::all_of(std::vector<label_expression> parts) {
    return joined(true, std::move(parts));
}

label_expression label_expression::any_of(std::vector<label_expression> parts) {
    return joined(false, std::move(parts));
}

label_expression label_expression::negated() const {
    if (!root_)
        return nothing();
    if (root_->what == node::sort::test) {
        auto test = root_->test;
        test.negated = !test.negated;
        return label_expression(std::move(test));
    }
    std::vector<label_expression> parts;
    parts.reserve(root_->parts.size());
    for (const auto& part : root_->parts)
        parts.push_back(part.negated());
    return joined(root_->what == node::sort::any, std::move(parts));
}

bool label_expression::holds(const label_view& labels) const {
    if (!root_)
        return true;
    const auto held = [&](const label_expression& part) { return part.holds(labels); };
    switch (root_->what) {
    case node::sort::test:
        return root_->test.holds(labels);
    case node::sort::all:
        return std::all_of(root_->parts.begin(), root_->parts.end(), held);
    case node::sort::any:
        break;
    }
    return std::any_of(root_->parts.begin(), root_->parts.end(), held);
}

std::vector<label_expression> label_expression::conjuncts() const {
    if (root_ && root_->what == node::sort::all)
        return root_->parts;
    return {*this};
}

const label_test* label_expression::as_test() const {
    return root_ && root_->what == node::sort::test ? &root_->test : nullptr;
}

/// `change` makes of a test what stands in its place.
template <class Change> label_expression label_expression::with_tests(Change change) const {
    if (!root_)
        return *this;
    if (root_->what == node::sort::test)
        return change(root_->test);
    std::vector<label_expression> parts;
    parts.reserve(root_->parts.size());
    for (const auto& part : root_->parts)
        parts.push_back(part.with_tests(change));
    return joined(root_->what == node::sort::all, std::move(parts));
}

label_expression label_expression::knowing(std::string_view key, const std::string* value) const {
    label_set known;
    if (value != nullptr)
        known.add_if_absent(key, *value);
    const label_view view(known);
    return with_tests([&](const label_test& test) {
        if (test.key != key)
            return label_expression(test);
        return test.holds(view) ? label_expression() : nothing();
    });
}

label_expression label_expression::renamed(std::string_view key, std::string_view to) const {
    return with_tests([&](label_test test) {
        if (test.key == key)
            test.key = to;
        return label_expression(std::move(test));
    });
}

std::strong_ordering operator<=>(const label_expression& a, const label_expression& b) {
    if (a.root_ == b.root_)
        return std::strong_ordering::equal;
    if (!a.root_ || !b.root_)
        return a.root_ ? std::strong_ordering::greater : std::strong_ordering::less;
    if (const auto order = a.root_->what <=> b.root_->what; order != 0)
        return order;
    if (const auto order = a.root_->test <=> b.root_->test; order != 0)
        return order;
    return std::lexicographical_compare_three_way(a.root_->parts.begin(), a.root_->parts.end(),
                                                  b.root_->parts.begin(), b.root_->parts.end());
}

namespace {

void append_value(std::string& text, const std::string& value) {
    const char quote = value.find('"') == std::string::npos ? '"' : '\'';
    text += quote;
    text += value;
    text += quote;
}

void append_test(std::string& text, const label_test& test) {
    using operation = label_test::operation;
    if (test.op == operation::exists) {
        text += test.negated ? "!has(" : "has(";
        text += test.key + ')';
        return;
    }
    const bool one = test.values.size() == 1;
    if (test.negated && test.op != operation::in)
        text += '!';
    text += test.key;
    switch (test.op) {
    case operation::in:
        text += one ? (test.negated ? " != " : " == ") : (test.negated ? " not in " : " in ");
        break;
    case operation::contains:
        text += " contains ";
        break;
    case operation::starts_with:
        text += " starts with ";
        break;
    case operation::ends_with:
    case operation::exists:
        text += " ends with ";
        break;
    }
    if (one)
        return append_value(text, test.values.front());
    const char* before = "{";
    for (const auto& value : test.values) {
        text += std::exchange(before, ", ");
        append_value(text, value);
    }
    text += '}';
}

} // namespace

std::string label_expression::to_string() const {
    if (!root_)
        return "all()";
    std::string text;
    if (root_->what == node::sort::test) {
        append_test(text, root_->test);
    } else if (root_->parts.empty()) {
        text = "!all()";
    } else {
        const char* before = "(";
        for (const auto& part : root_->parts) {
            text += before;
            text += part.to_string();
            before = root_->what == node::sort::all ? " && " : " || ";
        }
        text += ')';
    }
    return text;
}

} // namespace nodewall::model
