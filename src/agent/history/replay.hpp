// `replay --apply`: one point of the log brought into the kernel, once, without the service.
#pragma once

#include "agent/history/history.hpp"
#include "compiler/compiler.hpp"
#include "ruleset/dataplane.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace nodewall::agent {

using sleep_function = std::function<void(std::chrono::nanoseconds)>;
/// Gives the kernel of the network namespace, with the mask that was configured.
using dataplane_opener =
    std::function<std::unique_ptr<ruleset::dataplane>(std::uint32_t mark_mask)>;

/// What the kernel was brought to, and what it was made from.
struct replayed {
    history seen;
    model::gate_settings settings;
    std::shared_ptr<const ruleset::ruleset> rules;
    compiler::finding_list findings;
};

/// Compiles the log at `where` for `node` and applies it. Where the log can be written and no
/// service writes it, what was in force (CONFIGURED, if it was not recorded yet) and what was
/// applied (APPLIED) become part of it; a log that is written by a service or cannot be written is
/// only read. Waits for the xtables lock for at most ten seconds.
result<replayed> replay_onto(const dataplane_opener& open_kernel, const std::string& db,
                             const known_kinds& known, const point& where,
                             const std::optional<std::string>& node, const now_function& now,
                             const sleep_function& sleep);

} // namespace nodewall::agent
