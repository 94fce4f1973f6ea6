// What the policies say of the front doors of one Service: for the ruleset, and for whoever asks
// how a door stands.
#pragma once

#include "compiler/backends.hpp"
#include "compiler/door_verdict.hpp"
#include "compiler/state_reader.hpp"
#include "model/gate_settings.hpp"
#include "model/layout.hpp"

#include <memory>
#include <span>
#include <vector>

namespace nodewall::compiler {

struct judged_door {
    model::layout::door door;
    /// Shared by the doors that lead to the same ports: with `backends`, sorted and unique.
    struct judgement {
        std::vector<backend> backends;
        door_verdict verdict;
    };
    std::shared_ptr<const judgement> shared;

    const door_verdict& verdict() const { return shared->verdict; }
    const std::vector<backend>& backends() const { return shared->backends; }
};

/// Ascending; whoever else claims the doors.
std::vector<judged_door> judge_service(const model::service_object& service, state_reader& reader,
                                       const model::gate_settings& s);

/// A door, and the Service that has it.
struct claimed_door {
    model::layout::door door;
    const model::service_object* service = nullptr;
};

/// Doors that are one at `place` (united_doors.hpp), of one family; at least one. Looks at nothing
/// that judge_service() does not look at for their Services.
judged_door judge_as_one(const model::layout::door& place, std::span<const claimed_door> met,
                         state_reader& reader, const model::gate_settings& s);

} // namespace nodewall::compiler
