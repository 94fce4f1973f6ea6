// The port between the applier and the kernel.
#pragma once

#include "base/error.hpp"
#include "model/ruleset.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace nodewall::model {

/// What the kernel holds under our names; foreign chains and sets are not in it.
struct kernel_snapshot {
    struct table {
        family fam = family::ipv4;
        /// Ours only. `hook` is the built-in chain that holds the only jump to the chain: at its
        /// head or, with a remark, behind a foreign rule. Empty where there is none, or several.
        std::vector<chain> chains;
        /// What a person should know: a jump that is not at the head, twice, or missing; a rule in
        /// our chains that nodewall would never write.
        std::vector<std::string> remarks;
    };
    struct set {
        set_definition definition;       // role: as the name says (compiler/names)
        std::vector<set_member> members; // in any order, some perhaps twice
    };
    std::vector<table> tables; // only families that the kernel has
    std::vector<set> sets;
};

// The steps of a plan, performed in order; each is atomic in the kernel as far as noted.
struct create_set {
    set_definition set;
};
struct add_members { // members one by one, in batches; a member that is there already is fine
    set_definition set;
    std::vector<set_member> members;
};
struct remove_members { // a member that is gone already is fine
    set_definition set;
    std::vector<set_member> members;
};
struct commit_table { // all our chains of the family, and the jumps at the heads of their hooks
    family fam = family::ipv4;
    std::vector<chain> chains; // empty: remove every chain and jump of ours
};
struct destroy_set {
    set_definition set;
};
using step = std::variant<create_set, add_members, remove_members, commit_table, destroy_set>;

struct plan {
    std::vector<step> steps;
    bool empty() const { return steps.empty(); }
};

struct apply_outcome {
    std::size_t steps_done = 0;  // counted from the plan's first step, `first` included
    std::size_t commits = 0;     // tables committed
    std::vector<error> failures; // at most one: the step that stopped the plan
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
    virtual result<kernel_snapshot> read() = 0;
    /// Performs the steps from `first` on; stops at the first that fails. `busy` means that nothing
    /// of the step at `steps_done` was done.
    virtual apply_outcome apply(const plan& p, std::size_t first = 0) = 0;
};

} // namespace nodewall::model
