// What explain found, as a line of JSON and as text for a person, with the events of the log that
// its steps rest on.
#pragma once

#include "base/error.hpp"
#include "cli/console.hpp"
#include "explain/answer.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace nodewall::cli {

/// An object that an answer cites, and the event that brought this version of it.
struct cited_event {
    std::string resource_version; // empty: the event has none
    std::string time;             // RFC 3339; empty: the event is no longer in the log
    std::string policy_json;      // {"kind","namespace","name","uid"}
    std::string event_json;       // {"seq","resourceVersion","time"}
};

/// Looks each event up once, and writes what never changes of it once. Only the log can fail.
class event_book {
public:
    explicit event_book(const eventlog::log_reader& log) : log_(log) {}
    /// Lives as long as the book.
    result<const cited_event*> find(const explain::citation& c);

private:
    const eventlog::log_reader& log_;
    std::unordered_map<std::uint64_t, cited_event> known_;
};

/// Appends the JSON object, without an end of line. Written piece by piece: a tree of values would
/// cost more than the answer itself.
result<void> append_json(const explain::answer& a, const view& v, event_book& events,
                         std::string& to);

/// The verdict first, then a line for each step, those that several backends share once.
result<std::vector<std::string>> to_lines(const explain::answer& a, const view& v,
                                          event_book& events);

} // namespace nodewall::cli
