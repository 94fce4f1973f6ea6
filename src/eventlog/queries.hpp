// What both the reader and the writer can ask a log file. Each call is a short transaction.
#pragma once

#include "eventlog/database.hpp"
#include "eventlog/log.hpp"

namespace nodewall::eventlog {

/// The tail is the last row, and its digest is right; or errc::damaged.
tail check_tail(database& db);

std::map<std::string, std::string, std::less<>> read_cursors(database& db);

class queries {
public:
    explicit queries(database& db);

    eventlog::tail tail();
    std::uint64_t beginning();
    std::vector<model::event> read(const event_filter& which, std::size_t limit);
    log_reader::heads_info heads(const std::function<void(const model::event&)>& visit);
    std::uint64_t seq_at(timestamp when);
    model::event event_at(std::uint64_t seq);

private:
    database& db_;
    statement tail_, some_, recorded_, claimed_, one_;
};

} // namespace nodewall::eventlog
