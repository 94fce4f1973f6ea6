// Scenario scripts of the reflector machine, which watches pods. Each command prints the next
// action; the random source always gives a half, so backoffs are half of their bound.
//
//     cursor RV|none                      what the log says
//     probe RV|FAILURE                    the probe's answer
//     page RV [NAME...] [continue=TOKEN]  a page of the list
//     page FAILURE
//     appended                            the list is durable
//     opened | opened FAILURE             the watch
//     events TYPE@RV...                   ADDED, MODIFIED, DELETED, BOOKMARK
//     error FAILURE                       an ERROR event
//     broken                              a broken frame
//     too-large BYTES                     a frame over the limit
//     recorded                            the event is durable
//     ended | failed                      the watch, in order or not
//     timeout                             nothing was read in the time given
//     reloaded | reloaded FAILURE         the credentials
//     waited                              the wait is over
//     after SECONDS                       time passes
//     other-cluster                       kube-system has another UID; the log forgot the cursor
//     restart                             the stage begins anew
//     status                              prints the status instead
//
// FAILURE is unreachable, untrusted, tls-failed, or an HTTP status: 401, 403, 404, 410, 429, 500,
// 503, with retry-after=SECONDS behind it; 504 means ResourceVersionTooLarge.
#include "kube/reflector_machine.hpp"

#include "http/error.hpp"
#include "scenario/script.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace nodewall::kube {
namespace {

using namespace std::chrono_literals;
using words = std::vector<std::string>;

std::optional<failure> parse_failure(const words& from) {
    static const std::vector<std::pair<std::string, error>> known{
        {"unreachable", http::errc::cannot_connect},
        {"untrusted", http::errc::untrusted},
        {"tls-failed", http::errc::tls_failed},
        {"400", errc::bad_request},
        {"401", errc::unauthorized},
        {"403", errc::forbidden},
        {"404", errc::not_found},
        {"410", errc::gone},
        {"429", errc::busy},
        {"500", errc::server_failure},
        {"503", errc::busy},
        {"504", errc::version_too_large},
        {"too-much", codec::errc::too_large},
        {"late", http::errc::timed_out},
    };
    if (from.empty())
        return std::nullopt;
    for (const auto& [word, cause] : known) {
        if (from[0] != word)
            continue;
        failure out{cause};
        if (from.size() > 1 && from[1].find('=') != std::string::npos)
            out.retry_after =
                std::chrono::seconds(std::stol(from[1].substr(from[1].find('=') + 1)));
        return out;
    }
    return std::nullopt;
}

double milliseconds(std::chrono::nanoseconds t) {
    return std::chrono::duration<double, std::milli>(t).count();
}

struct printer {
    std::string operator()(const step::load_cursor&) const { return "load cursor"; }
    std::string operator()(const step::probe& a) const { return "probe " + a.resource_version; }
    std::string operator()(const step::list& a) const {
        return (a.continue_token.empty() ? "list" : "list from " + a.continue_token) +
               (a.limit == limits::list_page_objects ? "" : fmt::format(", at most {}", a.limit));
    }
    std::string operator()(const step::append_list& a) const {
        std::string out = fmt::format("append list at {}:", a.what.resource_version);
        for (const auto& object : a.what.objects)
            out += " " + object.name;
        if (a.what.why == model::listed_objects::cause::lost_history)
            out += fmt::format("\n  lost history: {}", a.what.reason);
        return out;
    }
    std::string operator()(const step::append_agent_event& a) const {
        return fmt::format("append {} of {}: {}", a.what.type, a.what.stream, a.what.body);
    }
    std::string operator()(const step::watch& a) const {
        return fmt::format("watch from {} for {} s", a.resource_version, a.timeout.count());
    }
    std::string operator()(const step::read& a) const {
        return fmt::format("read for {} s", milliseconds(a.limit) / 1000);
    }
    std::string operator()(const step::reload_credentials&) const { return "reload credentials"; }
    std::string operator()(const step::wait& a) const {
        return fmt::format("wait {} ms{}", milliseconds(a.duration),
                           a.why ? ": " + a.why->message() : "");
    }
};

class script {
public:
    std::string perform(const std::string& line) {
        std::istringstream in(line);
        std::string command, word;
        in >> command;
        words rest;
        while (in >> word)
            rest.push_back(word);
        if (command == "status")
            return status();
        apply(command, rest);
        return std::visit(printer{}, machine_.next()) + "\n";
    }

private:
    void apply(const std::string& command, const words& rest) {
        if (command == "cursor")
            machine_.on_cursor(rest.at(0) == "none" ? std::nullopt : std::optional(rest.at(0)));
        else if (command == "probe")
            machine_.on_probe(answered<std::string>(rest, rest.at(0)));
        else if (command == "page")
            machine_.on_page(answered<codec::list_page>(rest, page(rest)), items(rest));
        else if (command == "appended")
            machine_.on_list_appended();
        else if (command == "opened")
            machine_.on_watch_opened(parse_failure(rest));
        else if (command == "events")
            machine_.on_events(events(rest), timestamp(now_));
        else if (command == "error")
            machine_.on_error_event(parse_failure(rest).value());
        else if (command == "broken")
            machine_.on_broken_frame(codec::errc::not_json);
        else
            apply_simple(command, rest);
    }

    void apply_simple(const std::string& command, const words& rest) {
        if (command == "ended")
            machine_.on_watch_ended();
        else if (command == "failed")
            machine_.on_watch_failed(http::errc::closed);
        else if (command == "timeout")
            machine_.on_read_timed_out();
        else if (command == "too-large")
            machine_.on_frame_too_large(errc::frame_too_large, std::stoul(rest.at(0)));
        else if (command == "recorded")
            return;
        else if (command == "reloaded" && rest.empty())
            machine_.on_credentials({});
        else if (command == "reloaded")
            machine_.on_credentials(error(errc::unreadable, "/token"));
        else if (command == "waited")
            machine_.on_waited();
        else if (command == "after")
            now_ += std::chrono::seconds(std::stol(rest.at(0)));
        else if (command == "other-cluster")
            machine_.begin_anew();
        else if (command == "restart")
            machine_.restart();
        else
            throw std::runtime_error("no such command: " + command);
    }

    template <class T> static answer<T> answered(const words& rest, T value) {
        const auto refused = parse_failure(rest);
        return refused ? answer<T>(*refused) : answer<T>(std::move(value));
    }

    /// "too-much 30": so many were seen.
    static std::size_t items(const words& rest) {
        return rest[0] == "too-much" && rest.size() > 1 ? std::stoul(rest[1]) : 0;
    }

    static codec::list_page page(const words& rest) {
        codec::list_page out{rest.at(0), {}, {}, {}};
        for (std::size_t i = 1; i < rest.size(); ++i)
            if (rest[i].starts_with("continue="))
                out.continue_token = rest[i].substr(9);
            else
                out.objects.push_back({"web", rest[i], rest[i], rest[0], "{}"});
        return out;
    }

    static std::vector<model::observed_event> events(const words& rest) {
        static const words types{"ADDED", "MODIFIED", "DELETED", "BOOKMARK"};
        std::vector<model::observed_event> out;
        for (const auto& word : rest) {
            const auto at = word.find('@');
            const auto type = std::find(types.begin(), types.end(), word.substr(0, at));
            if (type == types.end())
                throw std::runtime_error("no such event: " + word);
            out.push_back({static_cast<model::observed_event::action>(type - types.begin()),
                           {"web", "api", "api", word.substr(at + 1), "{}"}});
        }
        return out;
    }

    std::string status() const {
        const auto& s = machine_.status();
        return fmt::format("{} at {}, {}caught up; lists {}, relists {}, watches {}{}\n",
                           to_string(s.state), s.resource_version, s.caught_up ? "" : "not ",
                           s.lists, s.relists, s.watches,
                           s.last_error ? "; error: " + s.last_error->message() : "");
    }

    std::chrono::nanoseconds now_{};
    reflector_machine machine_{"pods", [] { return 0.5; }, [this] { return now_; }};
};

} // namespace
} // namespace nodewall::kube

int main(int argc, char** argv) {
    return nodewall::test::run_scripts(argc, argv, [] {
        auto one = std::make_shared<nodewall::kube::script>();
        return [one](const std::string& line) { return one->perform(line); };
    });
}
