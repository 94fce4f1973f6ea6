// Log to ruleset: pulls what is new from the log, folds it, compiles what is dirty and hands the
// result on. Folding and compiling run on a thread of their own.
//
// What is configured is read from the log, too: from the event CONFIGURED on, its settings are in
// force. So a reload reaches the kernel as every other event does, and a replay of any prefix of
// the log compiles to the same ruleset.
#pragma once

#include "agent/known_kinds.hpp"
#include "agent/observe/meters.hpp"
#include "async/awaitable.hpp"
#include "async/signal.hpp"
#include "base/log.hpp"
#include "compiler/compiler.hpp"
#include "eventlog/log.hpp"
#include "projection/projector.hpp"
#include "ruleset/ruleset.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace nodewall::agent {

struct compiled {
    std::shared_ptr<const ruleset::ruleset> rules;
    std::uint64_t seq = 0; // the log's prefix that it is compiled from
    compiler::finding_list findings;
    bool node_known = false; // the log has a Node of the configured name
    std::string cluster;     // load(): whom the log is of, cluster_in_log::uid
    /// load(): no kind was ever listed, and no object imported; the rules say nothing then.
    bool of_nothing = false;
};

/// On the executor of run().
struct ruleset_stats {
    std::uint64_t folded_seq = 0;
    /// Up to where the kernel must be before it has what the streams brought while they caught up:
    /// the seq of the first ruleset published since the gate opened, 0 where there was no news.
    /// Nothing while that is not known.
    std::optional<std::uint64_t> caught_up_seq;
    std::string last_error; // empty: the last attempt succeeded
};

class ruleset_stage {
public:
    /// `settings` until the log has others. `publish` is called on the executor that awaits run(),
    /// for every change of the ruleset.
    ruleset_stage(const eventlog::log_reader& log, known_kinds known, model::gate_settings settings,
                  async::executor pool, meters& measured, logger& logger,
                  std::function<void(compiled)> publish);

    /// The heads, projected and compiled; before run(). Where a first list was interrupted (some
    /// kind of `watched` was never listed, others were), or the first lists of another cluster,
    /// nothing that it brought counts yet: then it is the log's prefix before it, with what was
    /// configured by then.
    result<compiled> load(const std::vector<std::string>& watched);

    /// Until cancelled. A log that cannot be read for a moment is an exception: supervise it.
    async::awaitable<void> run();

    /// The log's head moved, or the gate opened. From any thread.
    void wake() { moved_.notify(); }

    /// While shut, events are folded but nothing is published (SEMANTICS section 5: first lists,
    /// catching up). On the executor of run().
    void set_gate(bool open);

    const ruleset_stats& stats() const { return stats_; }

private:
    result<compiled> load_at(std::uint64_t seq) const;
    async::awaitable<void> fold_and_publish();
    result<void> fold_new();
    void configure(const model::event& configured);
    compiled compile();

    const eventlog::log_reader& log_;
    known_kinds known_;
    meters& measured_;
    logger& logger_;
    ruleset_stats stats_;
    async::executor pool_;
    async::signal moved_;
    std::function<void(compiled)> publish_;
    // The pool's thread only, from run() on.
    model::gate_settings settings_;
    projection::projector projector_;
    compiler::compiler compiler_;
    std::set<model::change> dirty_;
    std::uint64_t seq_ = 0;
    bool gate_open_ = false;
};

} // namespace nodewall::agent
