// What the policies say of the front doors of one Service or pod: for the ruleset, and for whoever
// asks how a door stands (SEMANTICS section 3, "Admission").
#pragma once

#include "compiler/doors/backend_classes.hpp"
#include "compiler/doors/door_holder.hpp"
#include "compiler/doors/front_doors.hpp"
#include "model/gate_settings.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace nodewall::compiler {

/// Of one door, or of doors that lead to the same backends. Its pointers are good as long as
/// nothing changes that its compilation looked at.
struct judgement {
    program decision; // whom the door admits
    std::vector<backend_classes::told> backends;
    /// How the backends differ, a sentence; empty where they all say the same.
    std::string mixed;
    /// Whether an address that nobody owns is among the backends: beside others' it may not count.
    bool nobodys = false;
    std::vector<const model::policy*> policies; // that apply to a backend, as they are asked
};

struct judged_door {
    model::front_door door;
    std::shared_ptr<const judgement> what; // shared by the doors that lead to the same ports
};

/// Ascending; whoever else claims the doors.
std::vector<judged_door> judge_service(const model::service_object& service, state_reader& reader,
                                       rule_sources& sources, const model::gate_settings& s);

/// The doors of the hostPorts of a pod that runs on this node and is subject to policy.
std::vector<judged_door> judge_host_ports(const model::pod_object& pod, state_reader& reader,
                                          rule_sources& sources);

/// A door, and who has it: one of the two.
struct claimed_door {
    model::front_door door;
    const model::service_object* service = nullptr;
    const model::pod_object* pod = nullptr;

    door_holder holder() const {
        return service != nullptr ? door_holder::service(service->meta.key)
                                  : door_holder::pod(pod->meta.key);
    }
};

/// Doors that are one at `place` (merged_doors.hpp), of one family; at least one. Looks at nothing
/// that was not looked at for each of their holders.
judged_door judge_as_one(const model::front_door& place, std::span<const claimed_door> met,
                         state_reader& reader, rule_sources& sources,
                         const model::gate_settings& s);

} // namespace nodewall::compiler
