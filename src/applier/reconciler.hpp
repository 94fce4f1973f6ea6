// Brings the kernel to the desired ruleset: a machine without I/O. It says what to do next; the
// caller does it on the dataplane's thread and reports the outcome.
//
//     want() ──▶ next() ──▶ read_kernel ──▶ on_read() ──▶ next() ──▶ apply_plan ──▶ on_applied() ─┐
//                  ▲ │ └──────── a failure: wait_for, then read again; busy: wait_for, then go on
//                  ─────┘
//
// What the kernel holds is believed after a read or a whole plan; a failure or resync() ends the
// belief. A plan in flight is finished, or fails, before a newer ruleset is begun.
#pragma once

#include "applier/plan.hpp"
#include "model/dataplane.hpp"
#include "model/ruleset.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace nodewall::applier {

struct read_kernel {}; // then on_read()
struct apply_plan {    // then on_applied()
    model::plan what;
    std::size_t first = 0;
};
struct wait_for { // then next() again, or earlier on news
    std::chrono::nanoseconds delay{};
};
struct idle {}; // until want() or resync(), or until the outcome asked for is reported
using action = std::variant<idle, read_kernel, apply_plan, wait_for>;

/// One finished reconciliation, for the event APPLIED, health and metrics.
struct applied {
    std::shared_ptr<const model::ruleset> ruleset;           // what the kernel holds now
    std::uint64_t seq = 0;                                   // the log's prefix that it reflects
    std::size_t commits = 0, steps = 0, members_changed = 0; // all zero: nothing was to do
    bool drift = false; // the kernel was not what was applied last
    std::vector<std::string> remarks;
};

class reconciler {
public:
    /// `jitter` in [0,1) for the backoff.
    explicit reconciler(std::function<double()> jitter);

    /// The newest desired ruleset; replaces one that was not begun.
    void want(std::shared_ptr<const model::ruleset> desired, std::uint64_t seq);
    /// Forget what the kernel is believed to hold: read it again.
    void resync();
    /// The caller failed between an action and its outcome, which never comes: read the kernel
    /// anew.
    void restart();

    action next();
    void on_read(result<kernel_view> seen);
    void on_applied(const model::apply_outcome& outcome);

    /// A reconciliation that ended since the last call; look after each next() and on_applied().
    std::optional<applied> take_applied();
    /// The failure that is being retried, if any.
    const std::optional<error>& failure() const noexcept { return failure_; }

private:
    using shared_ruleset = std::shared_ptr<const model::ruleset>;
    struct target {
        shared_ruleset ruleset;
        std::uint64_t seq = 0;
    };

    model::plan plan_to(const model::ruleset& from, const model::ruleset& to) const;
    void begin();
    void settle();
    void retry_in(std::chrono::nanoseconds delay, const error& why);
    void back_off(const error& why);

    std::function<double()> jitter_;
    target desired_;
    bool news_ = false; // desired_ was not begun yet, or has to be gone through again

    // Belief about the kernel.
    shared_ruleset actual_;               // null: unknown
    shared_ruleset expected_;             // what a read after resync() should find
    std::vector<model::family> families_; // that the kernel has
    std::vector<std::string> remarks_;    // of the last read
    bool drift_ = false;

    // The plan in flight.
    target goal_;
    model::plan plan_;
    std::size_t steps_done_ = 0, commits_ = 0;
    bool in_flight_ = false;
    bool outcome_due_ = false; // an action was given whose outcome was not reported yet
    bool stale_ = false;       // resync() came meanwhile

    std::optional<std::chrono::nanoseconds> delay_;
    unsigned attempts_ = 0;
    std::optional<applied> applied_;
    std::optional<error> failure_;
};

} // namespace nodewall::applier
