// What tests ask the small API server to do wrong, by POST /_control. No I/O.
//
//   {"compact":true}    forget all history: earlier resourceVersions are 410 Gone
//   {"restore":RV}      back to the state of that revision; every watch is cut
//   {"bookmark":true}   a bookmark on every watch that allows them, now
//   {"gone":"http"}     refuse a watch from forgotten history by HTTP 410, or by an "event"
//   (default)
//   {"break":FAULT, "kind":"pods", "count":N}
//                       do that to the next N (default 1) requests or watches of that resource
//                       (default: any). FAULT of a request: "html", "hang", or a status such as
//                       "403"; of a watch, one that is under way first: "end" (as after its time),
//                       "frame" (a broken frame), "large" (one over the limit); of either: "close".
#pragma once

#include "apiserver/status.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::apiserver {

struct fault {
    enum class what : std::uint8_t { html, hang, status, end, frame, large, close };
    what does = what::close;
    unsigned status = 0; // of what::status
    std::string plural;  // "pods"; empty: any
    std::uint64_t count = 1;
};

/// One control request, read.
struct control_request {
    bool compact = false;
    bool bookmark = false;
    std::optional<std::uint64_t> restore;
    std::optional<bool> gone_by_http;
    std::optional<apiserver::fault> fault;
};
api_result<control_request> parse_control(std::string_view body);

/// Faults that wait for their victims, in the order in which they were asked for.
class fault_queue {
public:
    void add(fault f) { waiting_.push_back(std::move(f)); }
    /// The fault for a request, or for a watch that is under way, if there is one.
    std::optional<fault> take_for_request(std::string_view plural, bool is_watch);
    std::optional<fault> take_for_watch(std::string_view plural);

private:
    template <class Fits> std::optional<fault> take(std::string_view plural, Fits fits);
    std::vector<fault> waiting_;
};

} // namespace nodewall::apiserver
