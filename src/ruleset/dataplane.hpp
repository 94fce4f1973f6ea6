// The port between the applier and the kernel. A backend plans and commits in its own way: with
// iptables one apply is many steps with at most a table commit for each family, with nftables one
// transaction. Retry, backoff and resync are the applier's, and common.
#pragma once

#include "base/error.hpp"
#include "ruleset/ruleset.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nodewall::ruleset {

/// What the kernel holds, as far as front doors can reach it.
struct kernel_view {
    ruleset rules;
    std::vector<model::family> families; // that the kernel has
    /// What a person should know: a jump that is not at the head, twice, or missing; a rule in our
    /// chains that nodewall would never write; packets that arrived with a mark of ours; a family
    /// that the kernel lacks.
    std::vector<std::string> remarks;
};

struct apply_outcome {
    std::size_t steps = 0;           // done in this call
    std::size_t commits = 0;         // tables committed in this call
    std::size_t members_changed = 0; // in this call
    std::optional<error> failure;    // what stopped the apply, if anything
    /// Units of sets and decisions that the failure is about, where it is about some alone: without
    /// them (set_apart.hpp) the apply may succeed.
    std::vector<std::string> refused_units;
    /// Whether there is something to tidy(), and not before this long from now.
    bool untidy = false;
};

enum class dataplane_errc : std::uint8_t {
    busy = 1,         ///< the xtables lock is held elsewhere: try again soon
    no_permission,    ///< CAP_NET_ADMIN or CAP_NET_RAW is missing
    no_legacy_tables, ///< the kernel lacks ip_tables / iptable_mangle: modprobe
    no_set_type,      ///< the kernel lacks an ip_set module
    no_match,         ///< the kernel lacks an xt_ module
    foreign,          ///< something of a foreign shape bears our name
    kernel_refused,   ///< any other refusal, with the kernel's words
};
const char* error_domain(dataplane_errc);
const char* describe(dataplane_errc);

/// Blocking calls, from one thread at a time; none waits for a lock longer than a moment.
class dataplane {
public:
    virtual ~dataplane() = default;

    /// Whether everything needed is there; the error says what to load or grant.
    virtual result<void> probe() = 0;

    /// Reads the kernel. What was read is what the next apply() begins from.
    virtual result<kernel_view> read() = 0;

    /// Brings the kernel from what it holds, by the last read() and the applies since, to `to`; a
    /// family that the kernel lacks is left out. At every instant each connection gets the verdict
    /// of the ruleset before or of `to` (SEMANTICS section 5). After a failure of `busy` the same
    /// call goes on where it stopped; after any other failure, read() must come first.
    virtual apply_outcome apply(std::shared_ptr<const ruleset> to) = 0;

    /// Removes what no packet can reach any more and lays out room for what may come. At least
    /// limits::slot_rest after the apply that left it; may fail like apply().
    virtual apply_outcome tidy() = 0;

    /// Removes every trace of nodewall.
    virtual result<void> reset() = 0;
};

} // namespace nodewall::ruleset
