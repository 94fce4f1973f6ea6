#include "agent/observe/metrics.hpp"

#include <fmt/core.h>

namespace nodewall::agent {

namespace {

/// A label's value as the text format wants it.
std::string escaped(std::string_view value) {
    std::string text;
    for (const char c : value) {
        if (c == '\\' || c == '"')
            text += '\\';
        if (c == '\n')
            text += "\\n";
        else
            text += c;
    }
    return text;
}

double seconds(std::chrono::nanoseconds d) {
    return std::chrono::duration<double>(d).count();
}

class exposition {
public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        text_ +=
            fmt::format("# HELP nodewall_{} {}\n# TYPE nodewall_{} {}\n", name, help, name, type);
    }
    template <class Value>
    void sample(std::string_view name, std::string_view labels, const Value& value) {
        const auto braces = labels.empty() ? std::string() : fmt::format("{{{}}}", labels);
        text_ += fmt::format("nodewall_{}{} {}\n", name, braces, value);
    }
    /// One histogram of a family; `labels` as in sample().
    void distribution(const std::string& name, std::string_view labels, const histogram_stats& h) {
        std::uint64_t below = 0;
        const auto bucket = [&](const std::string& bound) {
            sample(name + "_bucket",
                   fmt::format("{}{}le=\"{}\"", labels, labels.empty() ? "" : ",", bound), below);
        };
        for (std::size_t i = 0; i < histogram_bounds.size(); ++i) {
            below += h.counts.at(i);
            bucket(fmt::format("{}", seconds(histogram_bounds.at(i))));
        }
        below += h.counts.back();
        bucket("+Inf");
        sample(name + "_sum", labels, seconds(h.sum));
        sample(name + "_count", labels, below);
    }
    template <class Value> void single(std::string_view name, std::string_view type,
                                       std::string_view help, const Value& value) {
        family(name, type, help);
        sample(name, "", value);
    }
    std::string text() && { return std::move(text_); }

private:
    std::string text_;
};

std::string stream_label(const stream_report& s) {
    return fmt::format("stream=\"{}\"", escaped(s.stream));
}

void put_streams(exposition& out, const service_report& r) {
    out.family("events_total", "counter", "Events received, by stream and type.");
    for (const auto& s : r.streams)
        for (const auto& [type, count] : s.events)
            out.sample("events_total",
                       fmt::format("{},type=\"{}\"", stream_label(s), escaped(type)), count);
    out.family("relists_total", "counter", "Lists taken anew because history was lost.");
    for (const auto& s : r.streams)
        out.sample("relists_total", stream_label(s), s.relists);
    out.family("unread_objects_total", "counter",
               "Objects that came and could not be read: what was read last stays in force.");
    for (const auto& s : r.streams)
        out.sample("unread_objects_total", stream_label(s), s.unread);
    out.family("stream_caught_up", "gauge", "1 while the stream follows the API server.");
    for (const auto& s : r.streams)
        out.sample("stream_caught_up", stream_label(s), s.caught_up ? 1 : 0);
}

void put_log(exposition& out, const log_stats& log) {
    out.single("log_commits_total", "counter", "Transactions committed to the log.", log.commits);
    out.family("log_commit_seconds", "histogram",
               "Seconds of each transaction of the log, failed ones included.");
    out.distribution("log_commit_seconds", "", log.commit_seconds);
    out.single("log_events_total", "counter", "Rows appended to the log.", log.events);
    out.single("log_failures_total", "counter", "Transactions that failed.", log.failures);
    out.single("log_queue_bytes", "gauge", "Bytes waiting for the log.", log.waiting_bytes);
    out.family("log_dropped_total", "counter",
               "Events of the agent's own that found no room while the log failed, by class.");
    for (const auto c : event_classes)
        out.sample("log_dropped_total", fmt::format("class=\"{}\"", to_string(c)),
                   log.dropped.at(static_cast<std::size_t>(c)));
    out.single("log_failing", "gauge", "1 while the last transaction failed.",
               log.last_error.empty() ? 0 : 1);
    out.single("log_seq", "gauge", "The log's last sequence number.", log.last_seq);
}

void put_timing(exposition& out, const latency_stats& timing) {
    out.family("event_to_kernel_seconds", "histogram",
               "Seconds of watch events from the API server's bytes to the kernel: of each stage, "
               "and in all (total).");
    for (std::size_t i = 0; i < timing.stages.size(); ++i)
        out.distribution("event_to_kernel_seconds",
                         fmt::format("stage=\"{}\"", latency_stage_names.at(i)),
                         timing.stages.at(i));
    out.single("untimed_events_total", "counter",
               "Events left out of these times: too many were under way.", timing.untimed);
}

void put_findings(exposition& out, const service_report& r) {
    out.family("findings", "gauge",
               "Mixed doors, and parts of policies that are not understood, by kind.");
    for (const auto& [kind, count] : r.findings_by_kind)
        out.sample("findings", fmt::format("kind=\"{}\"", escaped(kind)), count);
}

void put_applied(exposition& out, const apply_stats& a) {
    out.single("applies_total", "counter", "Rulesets brought into the kernel.", a.applies);
    out.single("apply_failures_total", "counter", "Attempts that failed.", a.failures);
    out.single("table_commits_total", "counter", "Tables committed.", a.commits);
    out.single("drift_total", "counter", "Times that the kernel was not what was applied.",
               a.drifts);
    out.single("doors_set_apart", "gauge",
               "Front doors that refuse everyone because the kernel does not take what they need.",
               a.set_apart.size());
    out.single("applied_seq", "gauge", "The log's prefix that the kernel reflects.", a.applied_seq);
    out.single("rules", "gauge", "Rules in the kernel.", a.rules);
    out.single("set_members", "gauge", "Members of sets in the kernel.", a.members);
}

} // namespace

std::string metrics_text(const service_report& r) {
    exposition out;
    out.family("info", "gauge", "Constant 1; the program's version and the node.");
    out.sample("info", fmt::format(R"(version="{}",node="{}")", NODEWALL_VERSION, escaped(r.node)),
               1);
    out.single("start_time_seconds", "gauge", "When the service started, since the Unix epoch.",
               seconds(r.since.time_since_epoch()));
    out.single("ready", "gauge", "1 while /readyz says so.", not_ready_because(r).empty() ? 1 : 0);
    out.single("gate_open", "gauge", "0 while nothing new is applied: streams are catching up.",
               r.gate.empty() ? 1 : 0);
    out.single("stuck_stages", "gauge", "Stages that make no progress.", r.stuck.size());
    put_streams(out, r);
    put_log(out, r.log);
    put_timing(out, r.timing);
    put_applied(out, r.applied);
    put_findings(out, r);
    return std::move(out).text();
}

} // namespace nodewall::agent
