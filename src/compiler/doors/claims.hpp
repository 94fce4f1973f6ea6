// Who claims each front door: Services and pods, the older first, then by namespace and name.
// Several have it together, or the one whom its address was given (meetings.hpp).
#pragma once

#include "compiler/doors/door_holder.hpp"
#include "compiler/doors/judgement.hpp"
#include "compiler/finding.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

namespace nodewall::compiler {

struct claim {
    timestamp created;
    door_holder holder;
    std::shared_ptr<const judgement> what;
};

class claim_table {
public:
    using claim_list = std::vector<claim>; // never empty

    /// The holder claimed the doors `before`, and now claims `after`. Returns all of these doors.
    std::set<model::front_door> replace(const door_holder& holder, timestamp created,
                                        const std::vector<model::front_door>& before,
                                        const std::vector<judged_door>& after);

    /// nullptr for a door that nobody claims.
    const claim_list* claims_of(const model::front_door& door) const;
    const std::map<model::front_door, claim_list>& all() const { return claims_; }

    /// Doors that several Services claim.
    std::vector<finding> collisions() const;
    /// Whether somebody claims its port on any local address.
    bool claims_port(const model::front_door& door) const;
    /// The claimed doors of that family, protocol and port that have an address.
    std::vector<model::front_door> addressed(const model::front_door& port) const;

private:
    using port_key = std::tuple<model::family, model::protocol, std::uint16_t>;

    std::map<model::front_door, claim_list> claims_;
    std::map<port_key, std::set<model::front_door>> addressed_;
    std::set<model::front_door> contested_;
};

} // namespace nodewall::compiler
