#include "cli/explain_output.hpp"

#include "base/json_string.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <tuple>

namespace nodewall::cli {

namespace {

constexpr std::size_t backends_named_max = 8;

/// `name` with its quotes, its colon and, where it is not the first, its comma.
void append_field(std::string_view name, std::string_view text, std::string& to) {
    to += name;
    append_json_string(text, to);
}

void append_text_or_null(std::string_view name, std::string_view text, std::string& to) {
    if (text.empty())
        (to += name) += "null";
    else
        append_field(name, text, to);
}

void append_number(std::string_view name, std::uint64_t number, std::string& to) {
    (to += name) += fmt::format_int(number).c_str();
}

/// Empty where it is not known.
std::string address_text(const explain::backend_verdict& b) {
    return b.address ? b.address->to_string() : "";
}

/// The same for a person.
std::string name_of(const explain::backend_verdict& b) {
    return b.address ? b.address->to_string() : "(unknown address)";
}

void write_pieces(const explain::citation& c, cited_event& cited) {
    auto& policy = cited.policy_json;
    append_field(R"({"kind":)", c.kind, policy);
    append_field(R"(,"namespace":)", c.key.namespace_, policy);
    append_field(R"(,"name":)", c.key.name, policy);
    append_field(R"(,"uid":)", c.uid, policy);
    policy += '}';
    auto& event = cited.event_json;
    append_number(R"({"seq":)", c.seq, event);
    append_text_or_null(R"(,"resourceVersion":)", cited.resource_version, event);
    append_text_or_null(R"(,"time":)", cited.time, event);
    event += '}';
}

result<void> append_step(const explain::step& s, const explain::answer& a, event_book& events,
                         std::string& to) {
    const cited_event* cited = nullptr;
    if (s.object) {
        const auto found = events.find(*s.object);
        if (!found)
            return found.error();
        cited = *found;
    }
    append_field(R"({"point":)", explain::to_string(s.where), to);
    (to += R"(,"policy":)") += cited != nullptr ? cited->policy_json : "null";
    if (s.rule)
        append_number(R"(,"rule":)", *s.rule, to);
    else
        to += R"(,"rule":null)";
    append_field(R"(,"action":)", explain::to_string(s.then), to);
    (to += R"(,"event":)") += cited != nullptr ? cited->event_json : "null";
    if (s.backend)
        append_text_or_null(R"(,"backend":)", address_text(a.backends.at(*s.backend)), to);
    append_field(R"(,"why":)", s.why, to);
    to += '}';
    return {};
}

/// A step, and all backends that it is said of.
struct shared_step {
    const explain::step* what;
    std::vector<std::size_t> backends;
};

/// Everything of a step but the backend that it is said of.
auto content_of(const explain::step& s) {
    const auto* object = s.object ? &*s.object : nullptr;
    return std::tuple(s.where, s.then, s.rule, object != nullptr ? object->seq : 0,
                      object != nullptr ? std::string_view(object->kind) : std::string_view(),
                      object != nullptr ? object->key : model::object_key(),
                      std::string_view(s.why));
}

std::vector<shared_step> share(const std::vector<explain::step>& steps) {
    std::vector<shared_step> shared;
    std::map<decltype(content_of(steps.front())), std::size_t> places; // of those of backends
    for (const auto& s : steps) {
        if (!s.backend) {
            shared.push_back({&s, {}});
            continue;
        }
        const auto [place, fresh] = places.try_emplace(content_of(s), shared.size());
        if (fresh)
            shared.push_back({&s, {}});
        shared[place->second].backends.push_back(*s.backend);
    }
    return shared;
}

std::string names_of(const std::vector<std::size_t>& backends, const explain::answer& a) {
    std::string text;
    const auto named = std::min(backends.size(), backends_named_max);
    for (std::size_t i = 0; i < named; ++i)
        text += (i == 0 ? "" : ", ") + name_of(a.backends.at(backends[i]));
    if (named < backends.size())
        text += fmt::format(" and {} more", backends.size() - named);
    return text;
}

result<std::string> step_line(const shared_step& s, const explain::answer& a, event_book& events) {
    auto line = fmt::format("{:<10}  {:<7}  ", explain::to_string(s.what->where),
                            explain::to_string(s.what->then));
    if (!s.backends.empty() && a.backends.size() > 1)
        line += "at " + names_of(s.backends, a) + ": ";
    if (const auto& object = s.what->object) {
        const auto event = events.find(*object);
        if (!event)
            return event.error();
        line += fmt::format("{} {}: {}  (seq {}", object->kind, object->key.to_string(),
                            printable(s.what->why), object->seq);
        if (!(*event)->resource_version.empty())
            line += " @" + printable((*event)->resource_version);
        if (!(*event)->time.empty())
            line += "  " + (*event)->time;
        return line + ")";
    }
    return line + printable(s.what->why);
}

} // namespace

result<const cited_event*> event_book::find(const explain::citation& c) {
    if (const auto known = known_.find(c.seq); known != known_.end())
        return &known->second;
    eventlog::event_filter which;
    which.after = c.seq - 1;
    which.until = c.seq;
    const auto events = log_.read(which, 1);
    if (!events)
        return events.error();
    cited_event cited;
    if (!events->empty()) {
        cited.resource_version = events->front().resource_version;
        cited.time = to_rfc3339(events->front().at);
    }
    write_pieces(c, cited);
    return &known_.emplace(c.seq, std::move(cited)).first->second;
}

result<void> append_json(const explain::answer& a, const view& v, event_book& events,
                         std::string& to) {
    append_field(R"({"verdict":)", explain::to_string(a.verdict), to);
    append_number(R"(,"at":{"seq":)", v.history.seq, to);
    append_text_or_null(R"(,"time":)", v.history.at ? to_rfc3339(*v.history.at) : "", to);
    to += R"(},"backends":[)";
    for (std::size_t i = 0; i < a.backends.size(); ++i) {
        to += i == 0 ? "" : ",";
        append_text_or_null(R"({"address":)", address_text(a.backends[i]), to);
        append_field(R"(,"verdict":)", explain::to_string(a.backends[i].verdict), to);
        to += '}';
    }
    to += R"(],"steps":[)";
    for (std::size_t i = 0; i < a.steps.size(); ++i) {
        to += i == 0 ? "" : ",";
        if (const auto step = append_step(a.steps[i], a, events, to); !step)
            return step.error();
    }
    to += "]}";
    return {};
}

result<std::vector<std::string>> to_lines(const explain::answer& a, const view& v,
                                          event_book& events) {
    std::vector<std::string> lines;
    lines.push_back(fmt::format("{}  at seq {}{}", explain::to_string(a.verdict), v.history.seq,
                                v.history.at ? ", " + to_rfc3339(*v.history.at) : ""));
    for (const auto& b : a.backends)
        lines.push_back(fmt::format("{:<10}  {:<7}  {} port {}", "backend",
                                    explain::to_string(b.verdict), name_of(b),
                                    b.port == 0 ? "any" : std::to_string(b.port)));
    for (const auto& s : share(a.steps)) {
        auto line = step_line(s, a, events);
        if (!line)
            return line.error();
        lines.push_back(std::move(*line));
    }
    if (a.rests_on_pods)
        lines.emplace_back(
            "note: pods' own ingress and egress are judged here, but not enforced by "
            "nodewall in this version");
    return lines;
}

} // namespace nodewall::cli
