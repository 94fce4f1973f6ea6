#include "agent/service.hpp"

#include "agent/process/watchdog.hpp"
#include "agent/stages/agent_events.hpp"
#include "async/supervise.hpp"
#include "async/task_group.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::agent {

service::service(configuration config, service_parts parts)
    : config_(std::move(config)), parts_(std::move(parts)), since_(parts_.time.now()),
      meters_(parts_.time), reader_(parts_.known.registry),
      log_(
          parts_.log, parts_.log_pool, parts_.time, meters_, [this] { rulesets_.wake(); },
          parts_.log_present),
      cluster_(log_, parts_.time, parts_.random, parts_.logger),
      rulesets_(parts_.log_reading, parts_.known, config_.gate, parts_.compile_pool, meters_,
                parts_.logger, [this](compiled c) { publish(std::move(c)); }),
      applies_(parts_.kernel, log_, config_.gate.node_name, parts_.time, parts_.random,
               parts_.kernel_pool, meters_, parts_.logger),
      api_({.user_agent = fmt::format("nodewall/{} ({})", NODEWALL_VERSION, config_.gate.node_name),
            .bodies = config_.bodies,
            .dial = parts_.dial,
            .pool = parts_.file_pool},
           parts_.load_credentials, parts_.time, reader_, parts_.logger),
      kinds_(
          parts_.known.registry,
          {.api = api_,
           .log = cluster_,
           .reader = reader_,
           .bodies = config_.bodies,
           .time = parts_.time,
           .random = parts_.random,
           .logger = parts_.logger,
           .on_decoded = [this](auto took, auto events) { meters_.timing.decoded(took, events); }},
          [this] { streams_changed_.notify(); }),
      gate_(parts_.time.steady()) {
    applies_.on_change([this] { applied_changed_.notify(); });
}

result<void> service::start() {
    applies_.read_ahead();
    const std::array<model::append_request, 2> events{
        started_event(config_.gate.node_name),
        model::agent_event{std::string(model::event_type::configured),
                           configured_body(config_, parts_.known.registry),
                           {}}};
    if (const auto written = parts_.log.append(events); !written)
        return written.error();
    const auto cursor = [this](std::string_view stream) { return parts_.log.cursor(stream); };
    if (const auto begun = kinds_.begin(cursor); !begun)
        return begun.error();
    auto heads = rulesets_.load(required_streams(parts_.known.registry));
    if (!heads)
        return heads.error();
    cluster_.begin(heads->cluster, kinds_.any_listed_before());
    // What nobody knows opens nothing (SEMANTICS section 5): whatever stands in the kernel stays.
    if (heads->of_nothing) {
        knows_nothing_ = true;
        applies_.forget_read_ahead();
        parts_.logger.warning(
            "the log knows nothing yet: what the kernel enforces stays until every "
            "kind has been listed");
    } else {
        publish(std::move(*heads));
    }
    return {};
}

async::awaitable<void> service::run(std::function<void()> enforcing) {
    std::vector<async::awaitable<void>> stages;
    stages.push_back(supervised("apply", [this] { return applies_.run(); }));
    if (parts_.kernel_seen != nullptr)
        stages.push_back(supervised("drift", [this] {
            return applies_.watch_drift(*parts_.kernel_seen, parts_.drift_pool);
        }));
    stages.push_back(keep_up());
    stages.push_back(follow(std::move(enforcing)));
    co_await async::run_all(std::move(stages));
}

/// The log's heads are in the kernel before the API server is contacted.
async::awaitable<void> service::follow(std::function<void()> enforcing) {
    co_await first_apply();
    enforcing();
    if (const auto able = co_await api_.reload(); !able)
        throw error_exception(able.error());
    co_await follow_api();
}

async::awaitable<void> service::first_apply() {
    while (!applies_.stats().enforcing && !knows_nothing_)
        co_await applied_changed_.wait();
}

async::awaitable<void> service::follow_api() {
    std::vector<async::awaitable<void>> stages;
    stages.push_back(supervised("ruleset", [this] { return rulesets_.run(); }));
    stages.push_back(keep_gate());
    stages.push_back(follow_clusters());
    co_await async::run_all(std::move(stages));
}

/// One cluster after the other, as they answer at the address.
async::awaitable<void> service::follow_clusters() {
    for (;;) {
        std::vector<async::awaitable<void>> stages;
        stages.push_back(cluster_.changed());
        stages.push_back(check_identity());
        stages.push_back(kinds_.run());
        co_await async::run_all(std::move(stages));
        cluster_.follow_next();
        // As after a first start: nothing new is applied until every kind has been listed.
        rulesets_.set_gate(false);
        kinds_.begin_anew();
        gate_ = catch_up(parts_.time.steady());
        streams_changed_.notify();
    }
}

async::awaitable<void> service::supervised(std::string name,
                                           std::function<async::awaitable<void>()> stage) {
    return async::supervise(std::move(name), std::move(stage), parts_.random, parts_.time,
                            parts_.logger);
}

/// Asks who the cluster is, again and again.
async::awaitable<void> service::check_identity() {
    async::backoff pause(parts_.random);
    for (;;) {
        const auto uid = co_await api_.cluster_uid();
        if (uid)
            cluster_.heard(*uid);
        co_await parts_.time.sleep(uid ? limits::cluster_identity_interval : pause.next());
    }
}

/// What must happen even while nothing arrives.
async::awaitable<void> service::keep_up() {
    for (;;) {
        co_await parts_.time.sleep(limits::log_retry_interval);
        log_.retry();
        parts_.logger.flush();
    }
}

async::awaitable<result<void>> service::reconfigure(configuration next) {
    // Named: g++ 12 destroys an aggregate temporary within a co_await expression twice.
    model::agent_event event{std::string(model::event_type::configured),
                             configured_body(next, parts_.known.registry),
                             {}};
    const auto recorded = co_await log_.record_and_wait(std::move(event));
    if (!recorded)
        co_return recorded.error();
    if (next.log_bytes_max != config_.log_bytes_max)
        log_.set_bytes_max(next.log_bytes_max);
    config_ = std::move(next);
    co_return result<void>{};
}

async::awaitable<void> service::keep_gate() {
    for (;;) {
        const bool open = gate_.open(kinds_.gate(), parts_.time.steady());
        gate_waits_ = open ? ""
                      : gate_.deadline()
                          ? "before each stream has caught up, or five seconds passed"
                          : "before every kind has been listed once";
        rulesets_.set_gate(open);
        std::vector<async::awaitable<void>> news;
        news.push_back(streams_changed_.wait());
        if (const auto deadline = gate_.deadline())
            news.push_back(parts_.time.sleep(*deadline - parts_.time.steady()));
        co_await async::run_all(std::move(news));
    }
}

void service::publish(compiled c) {
    node_known_ = c.node_known;
    auto findings = std::move(c.findings);
    applies_.want(std::move(c));
    if (findings == findings_)
        return;
    for (const auto& f : *findings)
        if (!std::binary_search(findings_->begin(), findings_->end(), f))
            parts_.logger.warning("{}: {}", f.subject, f.text);
    findings_ = std::move(findings);
}

service_report service::report() const {
    service_report r;
    r.node = config_.gate.node_name;
    r.node_known = node_known_;
    r.dry_run = config_.dry_run;
    r.streams = kinds_.report();
    r.gate = gate_waits_;
    r.since = since_;
    r.log = log_.stats();
    r.rulesets = rulesets_.stats();
    r.log.last_seq = std::max(r.log.last_seq, r.rulesets.folded_seq); // nothing was written yet
    r.applied = applies_.stats();
    r.timing = meters_.timing.stats();
    r.stuck = stuck_stages(meters_);
    std::size_t bytes = 0;
    for (const auto& f : *findings_) {
        ++r.findings_by_kind[std::string(to_string(f.what))];
        bytes += f.subject.size() + f.text.size();
        if (r.findings.size() < limits::findings_listed_max &&
            bytes <= limits::findings_listed_bytes_max)
            r.findings.push_back(f);
    }
    return r;
}

} // namespace nodewall::agent
