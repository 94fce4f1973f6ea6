// Which pods a peer, a subject or a Service means.
#pragma once

#include "model/labels.hpp"

#include <compare>
#include <optional>
#include <string>

namespace nodewall::model {

/// Namespaces by name or by selector, pods by selector.
struct pod_query {
    std::string namespace_; // used where `namespaces` is absent
    std::optional<label_selector> namespaces;
    label_selector pods; // default: all
    auto operator<=>(const pod_query&) const = default;

    /// Every pod of every namespace.
    static pod_query everything() {
        return {.namespace_ = {}, .namespaces = label_selector{}, .pods = {}};
    }
    /// Why it means nobody, ever: one of its selectors is not valid. Empty: it may mean someone.
    const std::string& invalid() const {
        return !pods.invalid.empty() || !namespaces ? pods.invalid : namespaces->invalid;
    }
    /// "every pod", "pods app=web of namespace shop", "pods of namespaces team=a".
    std::string to_string() const;
    /// The same text for equal queries, another for different ones: what a set's name is hashed
    /// from.
    std::string identity() const;
};

} // namespace nodewall::model
