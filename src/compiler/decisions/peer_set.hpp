// A set of addresses that decisions share: the pods that one query means, or a union of blocks that
// is too large to be written out in each of them.
#pragma once

#include "model/address.hpp"
#include "model/pod_query.hpp"
#include "ruleset/set.hpp"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace nodewall::compiler {

struct peer_set {
    std::string name; // from what it means: equal names, equal meanings
    model::family fam = model::family::ipv4;
    std::variant<model::pod_query, std::vector<model::cidr>> means;

    /// nullptr for a union of blocks.
    const model::pod_query* query() const { return std::get_if<model::pod_query>(&means); }
    ruleset::set as_set() const;
};

using shared_peer_set = std::shared_ptr<const peer_set>; // never null

} // namespace nodewall::compiler
