// Labels, and the selectors over them (meta/v1 LabelSelector).
#pragma once

#include "base/error.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nodewall::model {

/// Key to value, sorted by key, keys unique.
class label_set {
public:
    label_set() = default;
    /// Of equal keys the last one counts.
    explicit label_set(std::vector<std::pair<std::string, std::string>> pairs);

    /// The value of `key`, or nullptr.
    const std::string* find(std::string_view key) const;
    /// Adds the pair where the key is absent.
    void add_if_absent(std::string_view key, std::string_view value);

    auto begin() const { return pairs_.begin(); }
    auto end() const { return pairs_.end(); }
    std::size_t size() const noexcept { return pairs_.size(); }

    friend bool operator==(const label_set&, const label_set&) = default;

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

struct label_requirement {
    enum class operation : std::uint8_t { in, not_in, exists, does_not_exist };

    std::string key;
    operation op = operation::in;
    std::vector<std::string> values; // sorted, unique; empty for exists and does_not_exist

    bool matches(const label_set& labels) const;
    auto operator<=>(const label_requirement&) const = default;
};

/// All requirements must hold; none selects everything. `matchLabels` are `in` requirements with
/// one value. NotIn and DoesNotExist hold for a missing key.
/// A selector that the API would refuse (unknown operator, In without values) has `invalid` set to
/// the reason: whoever uses it decides what that means; matches() is then false.
struct label_selector {
    std::vector<label_requirement> requirements; // sorted, unique
    std::string invalid;

    bool matches(const label_set& labels) const;
    bool selects_everything() const { return requirements.empty() && invalid.empty(); }
    /// As kubectl writes it: "app=web,tier in (a,b),!old"; empty for what selects everything.
    std::string to_string() const;
    /// One spelling for each meaning as written: equal selectors give equal texts, fields cannot
    /// run into each other.
    std::string canonical_text() const;
    auto operator<=>(const label_selector&) const = default;
};

} // namespace nodewall::model
