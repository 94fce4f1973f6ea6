// Cluster state and node to ruleset: pure and incremental.
//
//   state ─▶ doors/      Services and hostPorts to front doors, backends, claims     tracking/ who
//   looked at what
//              │                                                          │
//              ▼                                                          ▼
//            decisions/  tiers to programs over peer sets ──▶ layout/  the ruleset in the making
#pragma once

#include "compiler/doors/judgement.hpp"
#include "compiler/finding.hpp"
#include "compiler/tracking/state_reader.hpp"
#include "model/cluster_state.hpp"
#include "model/gate_settings.hpp"
#include "ruleset/ruleset.hpp"

#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace nodewall::compiler {

/// Raised whenever the same state compiles to something else.
inline constexpr unsigned compiler_version = 6;

/// How a front door was compiled.
struct compiled_door {
    model::front_door door;
    door_holder holder;                    // who has it
    std::vector<model::object_key> others; // Services that claim it too, and do not have it
    /// Doors of other classes that are one with it (SEMANTICS section 3), and who has them; `what`
    /// is said of all together.
    std::vector<std::pair<model::front_door, door_holder>> one_with;
    std::shared_ptr<const judgement> what;
    bool never_shut = false; // a vital port of the host
};

class compiler {
public:
    explicit compiler(model::gate_settings s, staged_policies staged = staged_policies::left_out);
    ~compiler();
    compiler(compiler&&) noexcept;
    compiler& operator=(compiler&&) noexcept;

    /// Everything anew.
    ruleset::ruleset compile(const model::cluster_state& state);
    /// Only what depends on the changes; `state` must be the one that the changes lead to. Equal to
    /// compile(state), always.
    ruleset::ruleset recompile(const model::cluster_state& state,
                               const std::set<model::change>& changes);

    const model::gate_settings& settings() const noexcept;

    // Of the last (re)compilation.
    /// The same list as long as nothing in it changes.
    finding_list findings() const;
    /// Ascending; their pointers are good until the state changes.
    std::vector<compiled_door> doors() const;

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace nodewall::compiler
