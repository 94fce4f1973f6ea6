// What the kinds of policies that tests make up say: sources, at the pods of one namespace.
//
//     spec: {namespace: shop, sources: [192.0.2.0/24]}
#pragma once

#include "codec/dom.hpp"
#include "model/objects.hpp"
#include "model/tier.hpp"

#include <string>
#include <vector>

namespace nodewall::test {

struct namespace_sources {
    std::string namespace_;
    std::vector<model::cidr> sources;
    bool operator==(const namespace_sources&) const = default;

    /// Every pod of the namespace.
    model::pod_query subject() const;
    /// Speaks of every port.
    model::tier_rule rule(model::action then) const;
};

/// A codec::object_decoder; the document is a namespace_sources.
model::object decode_namespace_sources(const codec::dom::value& object, model::object_meta meta);

} // namespace nodewall::test
