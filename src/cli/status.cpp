#include "agent/process/control_socket.hpp"
#include "base/text.hpp"
#include "cli/console.hpp"
#include "cli/verbs.hpp"

#include <boost/json.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

namespace nodewall::cli {

namespace {

namespace json = boost::json;

/// Rows of cells, each column as wide as its widest cell.
class table {
public:
    using row = std::vector<std::string>;

    void add(row cells) { rows_.push_back(std::move(cells)); }
    void print() const {
        std::vector<std::size_t> widths;
        for (const auto& cells : rows_)
            for (std::size_t i = 0; i < cells.size(); ++i) {
                widths.resize(std::max(widths.size(), i + 1));
                widths[i] = std::max(widths[i], cells[i].size());
            }
        for (const auto& cells : rows_) {
            std::string line;
            for (std::size_t i = 0; i < cells.size(); ++i)
                line += fmt::format("{:<{}}", cells[i], i + 1 < cells.size() ? widths[i] + 2 : 0);
            line.erase(line.find_last_not_of(' ') + 1);
            print_line(line);
        }
    }

private:
    std::vector<row> rows_;
};

/// The value behind the keys, as text; "-" where there is none.
std::string cell(const json::value& from, std::string_view key) {
    const auto* value = from.is_object() ? from.get_object().if_contains(key) : nullptr;
    if (value == nullptr || value->is_null())
        return "-";
    if (!value->is_string())
        return json::serialize(*value);
    return value->get_string().empty() ? "-" : printable(value->get_string());
}

json::value under(const json::value& from, std::string_view key) {
    const auto* value = from.is_object() ? from.get_object().if_contains(key) : nullptr;
    return value == nullptr ? json::value() : *value;
}

json::array list_under(const json::value& from, std::string_view key) {
    const auto value = under(from, key);
    return value.is_array() ? value.get_array() : json::array();
}

void print_error(std::string_view what, const json::value& of) {
    if (const auto said = cell(of, "lastError"); said != "-")
        print_line(fmt::format("{} error: {}", what, said));
}

std::string events_of(const json::value& stream) {
    std::uint64_t all = 0;
    if (const auto events = under(stream, "events"); events.is_object())
        for (const auto& [type, count] : events.get_object())
            all += count.is_int64() ? static_cast<std::uint64_t>(count.get_int64())
                                    : (count.is_uint64() ? count.get_uint64() : 0);
    return fmt::format("{}", all);
}

/// Whether the API server has the kind, or should have it.
bool is_expected(const json::value& stream) {
    const auto said = under(stream, "expected");
    return !said.is_bool() || said.get_bool();
}

void print_streams(const json::value& status) {
    table t;
    t.add({"STREAM", "STATE", "RESOURCEVERSION", "LAST EVENT", "EVENTS", "RELISTS", "LAST ERROR"});
    std::size_t others = 0;
    for (const auto& s : list_under(status, "streams")) {
        if (!is_expected(s)) {
            ++others;
            continue;
        }
        t.add({cell(s, "stream"), cell(s, "state"), cell(s, "resourceVersion"),
               cell(s, "lastEvent"), events_of(s), cell(s, "relists"), cell(s, "lastError")});
    }
    t.print();
    if (others > 0)
        print_line(
            fmt::format("{} more kinds are known, and not served (-o json lists them)", others));
}

void print_findings(const json::value& status) {
    const auto findings = under(status, "findings");
    const auto listed = list_under(findings, "listed");
    print_line(fmt::format("findings {}", cell(findings, "count")));
    for (const auto& f : listed)
        print_line(
            fmt::format("  {}: {}: {}", cell(f, "kind"), cell(f, "subject"), cell(f, "text")));
    if (const auto all = under(findings, "count");
        all.is_number() && all.to_number<std::uint64_t>() > listed.size())
        print_line(fmt::format("  and {} more", all.to_number<std::uint64_t>() - listed.size()));
}

void print(const json::value& status) {
    const auto reasons = list_under(status, "reasons");
    print_line(fmt::format("node {}, nodewall {}, pid {}, since {}: {}{}", cell(status, "node"),
                           cell(status, "version"), cell(status, "pid"), cell(status, "since"),
                           reasons.empty() ? "ready" : "not ready",
                           cell(status, "dryRun") == "true" ? ", dry run" : ""));
    for (const auto& reason : reasons)
        if (reason.is_string())
            print_line("  " + printable(reason.get_string()));
    print_line("");
    print_streams(status);
    print_line("");
    const auto log = under(status, "log");
    const auto applied = under(status, "applied");
    table t;
    t.add({"log",
           fmt::format("seq {}, {} bytes waiting", cell(log, "seq"), cell(log, "queueBytes"))});
    t.add({"applied", fmt::format("seq {}, {} rules, {} members, last change {}",
                                  cell(applied, "seq"), cell(applied, "rules"),
                                  cell(applied, "members"), cell(applied, "lastChange"))});
    t.add({"digest", cell(applied, "digest")});
    t.print();
    print_error("log", log);
    print_error("ruleset", under(status, "ruleset"));
    print_error("apply", applied);
    print_findings(status);
}

} // namespace

int show_status(const status_options& options) {
    const auto page = agent::ask_service(options.socket, "/status");
    if (!page)
        return fail(page.error());
    boost::system::error_code broken;
    const auto status = json::parse(*page, broken);
    if (broken || !under(status, "ready").is_bool())
        return fail(error(agent::errc::no_service, options.socket + ": the answer is no status"));
    if (options.out == output::json)
        print_line(page->substr(0, page->find('\n')));
    else
        print(status);
    return under(status, "ready").get_bool() ? exit_code::done : exit_code::negative;
}

} // namespace nodewall::cli
