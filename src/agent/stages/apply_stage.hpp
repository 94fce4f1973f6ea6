// Ruleset to kernel: drives the reconciler against the dataplane on a thread of its own, and
// records every apply in the log.
#pragma once

#include "agent/stages/log_stage.hpp"
#include "agent/stages/ruleset_stage.hpp"
#include "applier/reconciler.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "base/log.hpp"
#include "ruleset/dataplane.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace nodewall::agent {

struct apply_stats {
    std::uint64_t applies = 0, failures = 0, drifts = 0, commits = 0;
    std::uint64_t applied_seq = 0;
    std::size_t rules = 0, members = 0;
    bool enforcing = false; // something was applied in this life
    std::string digest;     // hexadecimal; empty until the first apply is noted
    std::string last_error; // empty: the last attempt succeeded
    /// Doors that refuse everyone because the kernel does not take what they need.
    std::vector<std::string> set_apart;
    std::optional<timestamp> last_change; // when the kernel was last changed, in this life
};

/// Everything on the executor that awaits run(), but for the calls into the dataplane.
class apply_stage {
public:
    apply_stage(ruleset::dataplane& kernel, log_stage& log, std::string node, async::clock& time,
                std::function<double()> random, async::executor pool, meters& measured,
                logger& logger);

    /// Reads the kernel on the pool while the first ruleset is being compiled. Once, before run().
    void read_ahead();
    /// The first ruleset will come later: then the kernel is read then.
    void forget_read_ahead() { ahead_.reset(); }
    /// The newest ruleset; replaces one that is not begun yet.
    void want(compiled c);

    /// Until cancelled.
    async::awaitable<void> run();
    /// Compares with the kernel every limits::resync_interval, through a dataplane and on a pool of
    /// its own: reading a large kernel must not delay an apply. Until cancelled.
    async::awaitable<void> watch_drift(ruleset::dataplane& kernel, async::executor pool);

    const apply_stats& stats() const { return stats_; }
    /// Called after each apply and each failure.
    void on_change(std::function<void()> listener) { changed_ = std::move(listener); }

private:
    using reading = result<ruleset::kernel_view>;

    async::awaitable<void> perform(const applier::action& what);
    async::awaitable<void> note_outcome();
    async::awaitable<void> note_applied(const applier::applied& done);
    void note_set_apart(const std::vector<std::string>& doors);

    ruleset::dataplane& kernel_;
    log_stage& log_;
    std::string node_;
    async::clock& time_;
    async::executor pool_;
    meters& measured_;
    logger& logger_;
    applier::reconciler machine_;
    std::shared_ptr<std::optional<reading>> ahead_; // the pool's, until a task of it took it
    async::signal wake_;
    std::function<void()> changed_ = [] {};
    apply_stats stats_;
    async::nanoseconds begun_{};
    bool noting_ = false; // stats_ does not tell of the last apply yet
};

} // namespace nodewall::agent
