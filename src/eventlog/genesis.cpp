#include "eventlog/genesis.hpp"

#include "model/kind.hpp"

#include <fmt/core.h>

namespace nodewall::eventlog {

namespace {

std::string uuid_text(std::array<std::uint8_t, 16> bytes) {
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
    auto text = to_hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    for (const std::size_t place : {8, 13, 18, 23})
        text.insert(place, 1, '-');
    return text;
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
