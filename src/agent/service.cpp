#include "agent/service.hpp"

#include "agent/process/watchdog.hpp"
#include "agent/stages/agent_events.hpp"
#include "async/supervise.hpp"
#include "async/task_group.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::agent {

namespace {

std::vector<std::string> watched_streams() {
    std::vector<std::string> streams;
    for (const auto k : model::kinds)
        // An old server serves no EndpointSlices: without them a first list is whole too.
        if (k != model::kind::endpoint_slice)
            streams.emplace_back(model::stream_name(k));
    return streams;
}

constexpr std::array action_names{"ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"};

stream_report report_of(const kube::reflector& r, bool listed_before) {
    const auto& s = r.status();
    stream_report report;
    report.stream = model::stream_name(r.what());
    report.state = s.served ? kube::to_string(s.state) : "not served by this API server";
    report.resource_version = s.resource_version;
    report.last_error = s.last_error ? s.last_error->message() : std::string();
    report.last_event = s.last_event;
    report.relists = s.relists;
    for (std::size_t i = 0; i < s.events.size(); ++i)
        report.events[action_names.at(i)] = s.events.at(i);
    report.listed = listed_before || s.lists > 0;
    report.caught_up = s.settled() || s.state == kube::reflector_state::read;
    return report;
}

} // namespace

service::service(configuration config, service_parts parts)
    : config_(std::move(config)), parts_(std::move(parts)), since_(parts_.time.now()),
      meters_(parts_.time), log_(
                                parts_.log, parts_.log_pool, parts_.time, meters_,
                                [this] { rulesets_.wake(); }, parts_.log_present),
      cluster_(log_, parts_.time, parts_.random, parts_.logger),
      rulesets_(parts_.log_reading, config_.gate, parts_.compile_pool, meters_, parts_.logger,
                [this](compiled c) { publish(std::move(c)); }),
      applies_(parts_.kernel, log_, config_.gate.node_name, parts_.time, parts_.random,
               parts_.kernel_pool, meters_, parts_.logger),
      api_({.user_agent = fmt::format("nodewall/{} ({})", NODEWALL_VERSION, config_.gate.node_name),
            .bodies = config_.bodies,
            .dial = parts_.dial},
           parts_.load_credentials, parts_.time, reader_, parts_.logger),
      gate_(parts_.time.steady()) {
    applies_.on_change([this] { applied_changed_.notify(); });
    for (const auto k : model::kinds)
        reflectors_.push_back(std::make_unique<kube::reflector>(
            k, kube::reflector_tools{
                   .api = api_,
                   .log = cluster_,
                   .reader = reader_,
                   .bodies = config_.bodies,
                   .time = parts_.time,
                   .random = parts_.random,
                   .logger = parts_.logger,
                   .on_settled = [this] { settled_changed_.notify(); },
                   .on_decoded = [this](auto took,
                                        auto events) { meters_.timing.decoded(took, events); }}));
}

result<void> service::start() {
    applies_.read_ahead();
    const std::array<model::append_request, 2> events{
        started_event(config_.gate.node_name),
        model::agent_event{
            std::string(model::event_type::configured), configured_body(config_), {}}};
    if (const auto written = parts_.log.append(events); !written)
        return written.error();
    for (const auto k : model::kinds) {
        const auto cursor = parts_.log.cursor(model::stream_name(k));
        if (!cursor)
            return cursor.error();
        if (*cursor)
            listed_before_.emplace(model::stream_name(k));
    }
    auto heads = rulesets_.load(watched_streams());
    if (!heads)
        return heads.error();
    cluster_.begin(heads->cluster, !listed_before_.empty());
    publish(std::move(*heads));
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
    if (const auto able = api_.reload(); !able)
        throw error_exception(able.error());
    co_await follow_api();
}

async::awaitable<void> service::first_apply() {
    while (!applies_.stats().enforcing)
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
        for (const auto& r : reflectors_)
            stages.push_back(supervised(std::string(model::stream_name(r->what())),
                                        [reflector = r.get()] { return reflector->run(); }));
        co_await async::run_all(std::move(stages));
        cluster_.follow_next();
        // As after a first start: nothing new is applied until every kind has been listed.
        rulesets_.set_gate(false);
        listed_before_.clear();
        for (const auto& r : reflectors_)
            r->forget_cluster();
        gate_ = catch_up(parts_.time.steady());
        settled_changed_.notify();
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
    model::agent_event event{std::string(model::event_type::configured), configured_body(next), {}};
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
        const auto settled = std::count_if(reflectors_.begin(), reflectors_.end(),
                                           [](const auto& r) { return r->status().settled(); });
        const bool open = gate_.open({.all = reflectors_.size(),
                                      .settled = static_cast<std::size_t>(settled),
                                      .every_one_listed = every_kind_listed()},
                                     parts_.time.steady());
        gate_waits_ = open ? ""
                      : gate_.deadline()
                          ? "before each stream has caught up, or five seconds passed"
                          : "before every kind has been listed once";
        rulesets_.set_gate(open);
        std::vector<async::awaitable<void>> news;
        news.push_back(settled_changed_.wait());
        if (const auto deadline = gate_.deadline())
            news.push_back(parts_.time.sleep(*deadline - parts_.time.steady()));
        co_await async::run_all(std::move(news));
    }
}

bool service::every_kind_listed() const {
    return std::all_of(reflectors_.begin(), reflectors_.end(), [this](const auto& r) {
        return !r->status().served || r->status().lists > 0 ||
               listed_before_.contains(std::string(model::stream_name(r->what())));
    });
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
    for (const auto& reflector : reflectors_)
        r.streams.push_back(report_of(*reflector, listed_before_.contains(std::string(
                                                      model::stream_name(reflector->what())))));
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
