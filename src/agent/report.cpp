#include "agent/report.hpp"

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
    out.family("stream_caught_up", "gauge", "1 while the stream follows the API server.");
    for (const auto& s : r.streams)
        out.sample("stream_caught_up", stream_label(s), s.caught_up ? 1 : 0);
}

void put_log(exposition& out, const log_figures& log) {
    out.single("log_commits_total", "counter", "Transactions committed to the log.", log.commits);
    out.single("log_commit_seconds_total", "counter", "Seconds spent in them.",
               std::chrono::duration<double>(log.committing).count());
    out.single("log_events_total", "counter", "Rows appended to the log.", log.events);
    out.single("log_failures_total", "counter", "Transactions that failed.", log.failures);
    out.single("log_queue_bytes", "gauge", "Bytes waiting for the log.", log.waiting_bytes);
    out.single("log_seq", "gauge", "The log's last sequence number.", log.last_seq);
}

void put_applied(exposition& out, const apply_figures& a) {
    out.single("applies_total", "counter", "Rulesets brought into the kernel.", a.applies);
    out.single("apply_failures_total", "counter", "Attempts that failed.", a.failures);
    out.single("table_commits_total", "counter", "Tables committed.", a.commits);
    out.single("drift_total", "counter", "Times that the kernel was not what was applied.",
               a.drifts);
    out.single("applied_seq", "gauge", "The log's prefix that the kernel reflects.", a.applied_seq);
    out.single("rules", "gauge", "Rules in the kernel.", a.rules);
    out.single("set_members", "gauge", "Members of sets in the kernel.", a.members);
}

} // namespace

std::vector<std::string> not_ready_because(const service_report& r) {
    std::vector<std::string> reasons;
    if (r.applied.digest.empty())
        reasons.push_back("nothing has been applied to the kernel yet");
    if (!r.applied.last_error.empty())
        reasons.push_back("apply: " + r.applied.last_error);
    for (const auto& s : r.streams) {
        if (s.caught_up)
            continue;
        auto reason = fmt::format("stream {}: {}", s.stream, s.state);
        if (!s.last_error.empty())
            reason += " (" + s.last_error + ")";
        reasons.push_back(std::move(reason));
    }
    if (!r.node_known)
        reasons.push_back(fmt::format(
            "the cluster has no Node named '{}': set --node or NODE_NAME to this node's name",
            r.node));
    return reasons;
}

std::string metrics_text(const service_report& r) {
    exposition out;
    out.family("info", "gauge", "Constant 1; the program's version and the node.");
    out.sample("info", fmt::format("version=\"{}\",node=\"{}\"", NODEWALL_VERSION, escaped(r.node)),
               1);
    out.single("ready", "gauge", "1 while /readyz says so.", not_ready_because(r).empty() ? 1 : 0);
    put_streams(out, r);
    put_log(out, r.log);
    put_applied(out, r.applied);
    out.single("findings", "gauge", "Mixed doors and parts of policies that are not understood.",
               r.findings);
    return std::move(out).text();
}

} // namespace nodewall::agent
