#include "eventlog/log.hpp"

namespace nodewall::eventlog {

const char* error_domain(errc) {
    return "eventlog";
}

const char* describe(errc value) {
    switch (value) {
    case errc::no_such_log:
        return "there is no such log";
    case errc::not_a_log:
        return "this is not a nodewall event log";
    case errc::newer:
        return "the log was written by a newer nodewall; use that version or start a new log";
    case errc::locked:
        return "another process writes this log";
    case errc::read_only:
        return "the log cannot be written";
    case errc::damaged:
        return "the log is damaged; `nodewall log verify` names every place";
    case errc::disk_full:
        return "there is no room for the log; nothing was written";
    case errc::busy:
        return "the log is in use; try again";
    case errc::io:
        return "the file cannot be opened, read or written";
    case errc::no_such_point:
        return "the log does not reach back to this point, or not forward to it";
    }
    return "unknown error of the log";
}

} // namespace nodewall::eventlog
