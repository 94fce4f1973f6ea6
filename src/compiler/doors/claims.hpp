// Who has a front door that several claim. Of Services the one with the older creationTimestamp,
// then by namespace and name (DESIGN section 5); pods with one hostPort have it together.
#pragma once

#include "compiler/doors/door_holder.hpp"
#include "compiler/doors/judgement.hpp"
#include "compiler/finding.hpp"

#include <map>
#include <memory>
#include <set>
#include <vector>

namespace nodewall::compiler {

struct claim {
    timestamp created;
    door_holder holder;
    std::shared_ptr<const judgement> what;
};

class claim_table {
public:
    using claim_list = std::vector<claim>; // never empty; the first has the door

    /// The holder claimed the doors `before`, and now claims `after`. Returns all of these doors.
    std::set<model::front_door> replace(const door_holder& holder, timestamp created,
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
