// Labels, what a selector sees of an object, and one requirement of a selector.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
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

/// What Calico adds to the labels of a pod or a NetworkSet: the name of its namespace, and of a
/// pod its service account. Nothing but label_expression sees them.
inline constexpr std::string_view calico_namespace_label = "projectcalico.org/namespace";
inline constexpr std::string_view calico_account_label = "projectcalico.org/serviceaccount";

/// The labels of an object as a selector sees them. Refers to what it was made of.
struct label_view {
    label_view(const label_set& labels) // NOLINT(google-explicit-constructor): mostly that is all
        : own(labels) {}
    label_view(const label_set& labels, std::string_view in_namespace,
               std::string_view with_account = {})
        : own(labels), namespace_(in_namespace), account(with_account) {}

    const label_set& own;
    std::string_view namespace_{}, account{}; // empty: without the label

    /// With the labels that Calico adds; those of these names that the object bears itself do not
    /// count where the object has a namespace.
    std::optional<std::string_view> find(std::string_view key) const;
};

struct label_requirement {
    enum class operation : std::uint8_t { in, not_in, exists, does_not_exist };

    std::string key;
    operation op = operation::in;
    std::vector<std::string> values; // sorted, unique; empty for exists and does_not_exist

    bool matches(const label_set& labels) const;
    auto operator<=>(const label_requirement&) const = default;
};

} // namespace nodewall::model
