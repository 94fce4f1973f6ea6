// The composition root: everything that `run` consists of, wired together.
//
//     reflectors ──▶ log_stage ──head moved──▶ ruleset_stage ──ruleset──▶ apply_stage ──▶ kernel
//     (kube/)          │  ▲                    (pulls from the log;            │
//                      ▼  └──────── APPLIED ────gate: catch_up)────────────────┘
//                     log
//
// Outside parts are given, so that tests/sim runs the same service on virtual time.
#pragma once

#include "agent/observe/report.hpp"
#include "agent/process/configuration.hpp"
#include "agent/stages/apply_stage.hpp"
#include "agent/stages/catch_up.hpp"
#include "agent/stages/cluster_identity.hpp"
#include "agent/stages/followed_kinds.hpp"
#include "agent/stages/log_stage.hpp"
#include "agent/stages/ruleset_stage.hpp"

#include <memory>
#include <string>
#include <vector>

namespace nodewall::agent {

struct service_parts {
    known_kinds known;
    async::executor log_pool;     // one thread: writes the log
    async::executor compile_pool; // one thread: folds and compiles
    async::executor kernel_pool;  // one thread: netfilter
    eventlog::log_writer& log;
    const eventlog::log_reader& log_reading;        // of the same log, for compile_pool
    std::function<result<void>()> log_present = {}; // whether its file is there, for log_pool
    ruleset::dataplane& kernel;
    ruleset::dataplane* kernel_seen = nullptr; // the same kernel for watch_drift; none: not watched
    async::executor drift_pool;                // one thread: reads kernel_seen
    async::executor file_pool;                 // one thread: reads credentials, makes TLS contexts
    async::clock& time;
    async::jitter random;
    nodewall::logger& logger;
    kube::config_loader load_credentials;
    kube::dialer_factory dial;
};

class service {
public:
    service(configuration config, service_parts parts);

    /// Records STARTED and CONFIGURED and compiles the log's heads; nothing is contacted yet.
    result<void> start();

    /// Applies the heads first and calls `enforcing` once they are in the kernel; where the log
    /// knows nothing yet, the kernel stays as it is, and `enforcing` is called at once. Then
    /// follows the API server until cancelled. Throws error_exception where the credentials cannot
    /// be used.
    async::awaitable<void> run(std::function<void()> enforcing);

    /// Records CONFIGURED; the ruleset follows once it reads that event in the log. On an error
    /// nothing has changed. Only what plan_reload() lets change may differ. On the executor that
    /// awaits run().
    async::awaitable<result<void>> reconfigure(configuration next);

    /// On the executor that awaits run().
    service_report report() const;
    const meters& measured() const { return meters_; }

private:
    async::awaitable<void> follow(std::function<void()> enforcing);
    async::awaitable<void> first_apply();
    async::awaitable<void> follow_api();
    async::awaitable<void> follow_clusters();
    async::awaitable<void> check_identity();
    async::awaitable<void> keep_gate();
    async::awaitable<void> keep_up();
    async::awaitable<void> supervised(std::string name,
                                      std::function<async::awaitable<void>()> stage);
    void publish(compiled c);

    configuration config_;
    service_parts parts_;
    timestamp since_;
    meters meters_;
    codec::json_reader reader_;
    log_stage log_;
    cluster_identity cluster_; // between the reflectors and log_
    ruleset_stage rulesets_;
    apply_stage applies_;
    kube::api_client api_;
    async::signal streams_changed_;
    followed_kinds kinds_;
    async::signal applied_changed_;
    catch_up gate_;
    std::string gate_waits_ = "before the API server has answered";
    compiler::finding_list findings_ =
        std::make_shared<const std::vector<compiler::finding>>(); // those that were said
    bool node_known_ = false;
    bool knows_nothing_ = false; // the log, at the start
};

} // namespace nodewall::agent
