#include "eventlog/genesis.hpp"

#include "model/kind.hpp"

#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <fmt/core.h>

#include <algorithm>

namespace nodewall::eventlog {

namespace {

std::string uuid_text(std::array<std::uint8_t, 16> bytes) {
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
    boost::uuids::uuid made{};
    std::copy(bytes.begin(), bytes.end(), made.begin());
    return boost::uuids::to_string(made);
}

} // namespace

void write_genesis(ledger& log, timestamp now, std::array<std::uint8_t, 16> random_uuid) {
    const auto body = fmt::format(
        R"({{"format":"nodewall event log","version":"1.1","uuid":"{}"}})", uuid_text(random_uuid));
    log.begin(now);
    log.write({.stream = model::agent_stream,
               .type = model::event_type::genesis,
               .origin = model::event_origin::agent,
               .body = body});
}

} // namespace nodewall::eventlog
