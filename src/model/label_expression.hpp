// Selectors that are more than a list of requirements: what Calico's grammar says of labels, with
// "and", "or" and "not" (POLICY-APIS section 5; model/calico_selector.hpp reads the text).
//
// A value that is never changed; copies share it. It is kept in a normal form: "not" stands at the
// single tests alone (two values of truth, so De Morgan's laws are exact), "and" and "or"
// alternate, and what stands beside each other is sorted, each once.
#pragma once

#include "model/label_set.hpp"

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::model {

/// One test of one label. Without the label only what is negated holds: `!=` and `not in` do.
struct label_test {
    enum class operation : std::uint8_t { in, exists, contains, starts_with, ends_with };

    std::string key;
    operation op = operation::in;
    bool negated = false;
    std::vector<std::string> values{}; // sorted, unique; one unless `in`; none for `exists`

    bool holds(const label_view& labels) const;
    auto operator<=>(const label_test&) const = default;
};

class label_expression {
public:
    /// Holds for everything.
    label_expression() = default;
    static label_expression nothing();
    explicit label_expression(label_test test);
    /// Of none: holds for everything, and for nothing.
    static label_expression all_of(std::vector<label_expression> parts);
    static label_expression any_of(std::vector<label_expression> parts);
    label_expression negated() const;

    bool holds(const label_view& labels) const;
    bool holds_always() const { return !root_; }
    bool holds_never() const;

    /// What must hold together: itself, unless it is an "and".
    std::vector<label_expression> conjuncts() const;
    /// Where it is a single test.
    const label_test* as_test() const;
    /// With every test of the label `key` decided, whose value is known; nullptr: it is absent.
    label_expression knowing(std::string_view key, const std::string* value) const;
    /// With another name for a label.
    label_expression renamed(std::string_view key, std::string_view to) const;

    /// In Calico's grammar: "all()", "(a == \"b\" || has(c))". One spelling for each normal form.
    std::string to_string() const;

    friend bool operator==(const label_expression& a, const label_expression& b) {
        return (a <=> b) == 0;
    }
    friend std::strong_ordering operator<=>(const label_expression& a, const label_expression& b);

private:
    struct node;
    using shared_node = std::shared_ptr<const node>; // null: holds for everything
    explicit label_expression(shared_node root) : root_(std::move(root)) {}
    static label_expression joined(bool all, std::vector<label_expression> parts);
    template <class Change> label_expression with_tests(Change change) const;

    shared_node root_;
};

} // namespace nodewall::model
