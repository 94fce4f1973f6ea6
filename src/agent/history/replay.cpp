#include "agent/history/replay.hpp"

#include "agent/stages/agent_events.hpp"

#include <fmt/core.h>

namespace nodewall::agent {

namespace {

constexpr auto patience = std::chrono::seconds(10);

/// The log as far as it can be had: to write, else to read.
struct opened_log {
    std::unique_ptr<eventlog::log_writer> writer;
    std::unique_ptr<eventlog::log_reader> reader;

    const eventlog::log_reader& log() const {
        return writer ? static_cast<const eventlog::log_reader&>(*writer) : *reader;
    }

    result<std::uint64_t> append(model::agent_event event) const {
        const model::append_request request = std::move(event);
        const auto outcome = writer->append({&request, 1});
        if (!outcome)
            return outcome.error();
        return outcome->front().last_seq;
    }
};

result<opened_log> open_log(const std::string& db, const now_function& now) {
    opened_log log;
    auto writer = eventlog::open_writer({.path = db, .now = now, .vfs = {}, .create = false});
    if (writer) {
        log.writer = std::move(*writer);
        return log;
    }
    const auto& e = writer.error();
    if (!e.is(eventlog::errc::locked) && !e.is(eventlog::errc::read_only))
        return e;
    auto reader = eventlog::open_reader(db);
    if (!reader)
        return reader.error();
    log.reader = std::move(*reader);
    return log;
}

/// Records the settings where the log does not know them yet, so that replaying it compiles to what
/// is applied now. At a point in the past nothing can be added.
result<void> record_settings(const opened_log& log, const known_kinds& known, const point& where,
                             history& h, const recorded_settings& settings) {
    const bool at_end = !where.seq && !where.time;
    const auto recorded = settings_at(h, std::nullopt);
    if (!log.writer || !at_end || (h.configured && recorded && *recorded == settings))
        return {};
    configuration c;
    c.gate = settings.gate;
    c.mark_mask = settings.mark_mask;
    const auto seq = log.append(
        {std::string(model::event_type::configured), configured_body(c, known.registry), {}});
    if (!seq)
        return seq.error();
    h.seq = *seq;
    return {};
}

result<applier::applied> reconcile(ruleset::dataplane& kernel,
                                   std::shared_ptr<const ruleset::ruleset> rules, std::uint64_t seq,
                                   const sleep_function& sleep) {
    applier::reconciler machine([] { return 1.0; });
    machine.want(std::move(rules), seq);
    std::chrono::nanoseconds waited{};
    for (;;) {
        const auto action = machine.next(waited);
        if (const auto* apply = std::get_if<applier::apply_ruleset>(&action)) {
            machine.on_applied(kernel.apply(apply->to), waited);
            if (auto done = machine.take_applied())
                return std::move(*done);
        } else if (std::holds_alternative<applier::read_kernel>(action)) {
            machine.on_read(kernel.read());
        } else if (const auto* wait = std::get_if<applier::wait_for>(&action)) {
            const auto& failure = machine.failure();
            if (waited > patience || (failure && !failure->is(ruleset::dataplane_errc::busy)))
                return failure.value_or(error(ruleset::dataplane_errc::busy));
            waited += wait->delay;
            sleep(wait->delay);
        }
    }
}

} // namespace

result<replayed> replay_onto(const dataplane_opener& open_kernel, const std::string& db,
                             const known_kinds& known, const point& where,
                             const std::optional<std::string>& node, const now_function& now,
                             const sleep_function& sleep) {
    const auto log = open_log(db, now);
    if (!log)
        return log.error();
    auto h = history_at(log->log(), known, where, {});
    if (!h)
        return h.error();
    const auto settings = settings_at(*h, node);
    if (!settings)
        return settings.error();
    const auto kernel = open_kernel(settings->mark_mask);
    if (const auto able = kernel->probe(); !able)
        return able.error();
    if (const auto recorded = record_settings(*log, known, where, *h, *settings); !recorded)
        return recorded.error();
    const auto begun = now();
    compiler::compiler compiler(settings->gate);
    auto rules = std::make_shared<const ruleset::ruleset>(compiler.compile(h->projected.state()));
    const auto done = reconcile(*kernel, rules, h->seq, sleep);
    if (!done)
        return done.error();
    if (log->writer) {
        const auto written = log->append(
            applied_event(*done, to_hex(rules->digest()), settings->gate.node_name, now() - begun));
        if (!written)
            return written.error();
    }
    return replayed{std::move(*h), settings->gate, std::move(rules), compiler.findings()};
}

} // namespace nodewall::agent
