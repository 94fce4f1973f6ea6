// Selectors over labels (meta/v1 LabelSelector, and more).
#pragma once

#include "model/label_expression.hpp"
#include "model/label_set.hpp"

#include <compare>
#include <string>
#include <vector>

namespace nodewall::model {

/// All requirements must hold; none selects everything. `matchLabels` are `in` requirements with
/// one value. NotIn and DoesNotExist hold for a missing key.
/// A selector that the API would refuse (unknown operator, In without values) has `invalid` set to
/// the reason: whoever uses it decides what that means; matches() is then false.
struct label_selector {
    std::vector<label_requirement> requirements{}; // sorted, unique
    std::string invalid{};
    /// Must hold besides; of other selectors than Calico's it always does.
    label_expression further{};

    /// What Calico adds to the labels is seen by `further` alone.
    bool matches(const label_view& labels) const;
    bool matches(const label_set& labels) const { return matches(label_view(labels)); }
    bool selects_everything() const {
        return requirements.empty() && invalid.empty() && further.holds_always();
    }
    /// As kubectl writes it: "app=web,tier in (a,b),!old", and behind it what must hold besides;
    /// empty for what selects everything.
    std::string to_string() const;
    /// One spelling for each meaning as written: equal selectors give equal texts, fields cannot
    /// run into each other.
    std::string canonical_text() const;
    auto operator<=>(const label_selector&) const = default;
};

} // namespace nodewall::model
