// Which Service has a front door that several claim: the one with the older creationTimestamp, then
// by namespace and name (DESIGN section 5).
#pragma once

#include "compiler/doors/judgement.hpp"
#include "compiler/finding.hpp"

#include <map>
#include <memory>
#include <set>
#include <vector>

namespace nodewall::compiler {

struct claim {
    timestamp created;
    model::object_key service;
    std::shared_ptr<const judgement> what;
};

class claim_table {
public:
    using claim_list = std::vector<claim>; // never empty; the first has the door

    /// The Service claimed the doors `before`, and now claims `after`. Returns all of these doors.
    std::set<model::front_door> replace(const model::object_meta& service,
                                        const std::vector<model::front_door>& before,
                                        const std::vector<judged_door>& after);

    /// nullptr for a door that nobody claims.
    const claim_list* claims_of(const model::front_door& door) const;
    const std::map<model::front_door, claim_list>& all() const { return claims_; }

    bool contested() const { return !contested_.empty(); }
    std::vector<finding> collisions() const;

private:
    std::map<model::front_door, claim_list> claims_;
    std::set<model::front_door> contested_;
};

} // namespace nodewall::compiler
