// Which Service has a front door that several claim: the one with the older creationTimestamp, then
// by namespace and name (DESIGN section 5).
#pragma once

#include "compiler/service_compilation.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace nodewall::compiler {

class claim_table {
public:
    /// What has become of a door: the unit of the Service that has it, nullptr where it is open.
    using outcomes = std::map<model::layout::door, std::shared_ptr<const model::unit>>;

    /// The Service claimed the doors `before`, and now claims `after`. Returns what has become of
    /// all these. A unit that says the same as the one before is not exchanged.
    outcomes replace(const model::object_meta& service,
                     const std::vector<model::layout::door>& before,
                     const std::vector<compiled_door>& after);

    /// The Service that has the door, and the unit that it gives it (nullptr: open); nothing for a
    /// door that nobody claims.
    struct holder {
        const model::object_key& service;
        const std::shared_ptr<const model::unit>& unit;
    };
    std::optional<holder> holder_of(const model::layout::door& door) const;

    bool contested() const { return !contested_.empty(); }
    std::vector<finding> collisions() const;

private:
    struct claim {
        timestamp created;
        model::object_key service;
        std::shared_ptr<const model::unit> unit;
    };
    using claim_list = std::vector<claim>; // never empty; the first has the door

    std::map<model::layout::door, claim_list> claims_;
    std::set<model::layout::door> contested_;
};

} // namespace nodewall::compiler
