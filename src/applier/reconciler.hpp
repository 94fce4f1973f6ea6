// Brings the kernel to the desired ruleset: a machine without I/O. It says what to do next; the
// caller does it on the dataplane's thread and reports the outcome.
//
// clang-format off
//     want() ──▶ next() ──▶ read_kernel ──▶ on_read() ──▶ next() ──▶ apply_ruleset ──▶ on_applied() ─┐
//                  ▲ │ └─── a failure: wait_for, then read again; busy: wait_for, then apply again
//                  │ └────▶ a second after the last apply: tidy_up ──▶ on_tidied() ────────────────┤
//                  └──────────────────────────────────────────────────────────────────────────────┘
// clang-format on
//
// A failure that is about some units alone, twice, sets them apart: the ruleset is applied without
// them at once, their doors refuse everyone, and all is tried again from time to time.
//
// What the kernel holds is believed after a read or an apply; a failure or resync() ends the
// belief.
#pragma once

#include "ruleset/dataplane.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace nodewall::applier {

struct read_kernel {}; // then on_read()
struct apply_ruleset { // then on_applied()
    std::shared_ptr<const ruleset::ruleset> to;
};
struct tidy_up {}; // then on_tidied()
struct wait_for {  // then next() again, or earlier on news
    std::chrono::nanoseconds delay{};
};
struct idle {}; // until want() or resync(), or until the outcome asked for is reported
using action = std::variant<idle, read_kernel, apply_ruleset, tidy_up, wait_for>;

/// One finished reconciliation, for the event APPLIED, health and metrics.
struct applied {
    std::shared_ptr<const ruleset::ruleset> ruleset;         // what the kernel holds now
    std::uint64_t seq = 0;                                   // the log's prefix that it reflects
    std::size_t commits = 0, steps = 0, members_changed = 0; // all zero: nothing was to do
    bool drift = false; // the kernel was not what was applied last
    /// Units that the kernel does not take: `ruleset` is what was wanted without them
    /// (ruleset/set_apart.hpp). Then the doors that refuse everyone for that, a sentence each.
    std::vector<std::string> refused_units, set_apart;
    std::vector<std::string> remarks;
};

class reconciler {
public:
    using nanoseconds = std::chrono::nanoseconds; // of a clock that never steps back

    /// `jitter` in [0,1) for the backoff.
    explicit reconciler(std::function<double()> jitter);

    /// The newest desired ruleset; replaces one that was not begun.
    void want(std::shared_ptr<const ruleset::ruleset> desired, std::uint64_t seq);
    /// Forget what the kernel is believed to hold: read it again.
    void resync();
    /// The caller failed between an action and its outcome, which never comes: read the kernel
    /// anew.
    void restart();

    action next(nanoseconds now);
    void on_read(result<ruleset::kernel_view> seen);
    void on_applied(const ruleset::apply_outcome& outcome, nanoseconds now);
    void on_tidied(const ruleset::apply_outcome& outcome, nanoseconds now);

    /// A reconciliation that ended since the last call; look after each on_applied().
    std::optional<applied> take_applied();
    /// The failure that is being retried, if any.
    const std::optional<error>& failure() const noexcept { return failure_; }

private:
    using shared_ruleset = std::shared_ptr<const ruleset::ruleset>;
    struct target {
        shared_ruleset ruleset;
        std::uint64_t seq = 0;
    };
    enum class due : std::uint8_t { nothing, read, applied, tidied };

    void settle(nanoseconds now);
    /// Whether the next attempt, at once, may come further: units were suspected or set apart that
    /// were not.
    bool set_apart(const ruleset::apply_outcome& outcome);
    void take_back_what_was_set_apart(nanoseconds now);
    shared_ruleset without_those_apart();
    void failed(const error& why);
    void retry_in(nanoseconds delay, const error& why);

    std::function<double()> jitter_;
    target desired_;
    bool news_ = false; // desired_ is not what the kernel was brought to, or that is in doubt

    // Belief about the kernel.
    bool known_ = false;               // the dataplane knows what the kernel holds
    shared_ruleset actual_;            // what was applied last; null: nothing yet
    shared_ruleset expected_;          // what a read after resync() should find
    std::vector<std::string> remarks_; // of the last read
    bool drift_ = false;

    target goal_;          // of the apply that was given out
    shared_ruleset given_; // ... and what was given: the same, or without what is set apart
    std::set<std::string> suspected_;          // units with which an attempt failed
    std::map<std::string, std::string> apart_; // ... and did so again, and why
    struct {
        shared_ruleset of, rules;
        std::vector<std::string> doors;   // a sentence each
    } reduced_;                           // without those apart
    unsigned set_apart_in_a_row_ = 0;     // attempts
    unsigned set_apart_times_ = 0;        // times that all was tried again, in a row
    std::optional<nanoseconds> whole_at_; // all is tried again
    due outcome_ = due::nothing;
    bool stale_ = false;                                        // resync() came meanwhile
    std::size_t steps_ = 0, commits_ = 0, members_changed_ = 0; // of attempts that were not whole

    std::optional<nanoseconds> tidy_at_;
    std::optional<nanoseconds> delay_;
    unsigned attempts_ = 0;
    std::optional<applied> applied_;
    std::optional<error> failure_;
};

/// Whether both put the same into the kernel, as far as it has these families.
bool same_content(const ruleset::ruleset& a, const ruleset::ruleset& b,
                  const std::vector<model::family>& families);

} // namespace nodewall::applier
