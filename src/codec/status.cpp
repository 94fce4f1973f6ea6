#include "codec/json_reader.hpp"

#include "codec/reader_state.hpp"

#include <fmt/core.h>

#include <limits>

namespace nodewall::codec {

result<api_status> json_reader::read_status(std::string_view json) {
    const auto parsed = state_->parse(json);
    if (!parsed)
        return parsed.error();
    dom::complaints faults;
    const dom::value root(*parsed, faults);
    if (const auto kind = root["kind"].text(); kind != "Status")
        root.complain(fmt::format("is of kind '{}', not a Status", kind), errc::not_an_object);
    const auto number = [](const dom::value& field) {
        return static_cast<int>(field.integer(0, std::numeric_limits<int>::max()));
    };
    api_status status{.code = number(root["code"]),
                      .reason = std::string(root["reason"].text()),
                      .message = std::string(root["message"].text()),
                      .causes = {}};
    const auto details = root["details"];
    status.retry_after_seconds = number(details["retryAfterSeconds"]);
    const auto causes = details["causes"];
    causes.each([&](const dom::value& c) { status.causes.emplace_back(c["reason"].text()); });
    if (faults.any())
        return faults.first();
    return status;
}

} // namespace nodewall::codec
