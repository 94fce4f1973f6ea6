#include "codec/json_reader.hpp"

#include "codec/reader_state.hpp"

#include <fmt/core.h>

#include <limits>

namespace nodewall::codec {

/// Whoever reads a Status wants to know what went wrong: of one with a field of the wrong type the
/// other fields count.
result<api_status> json_reader::read_status(std::string_view json) {
    const auto parsed = state_->parse(json);
    if (!parsed)
        return parsed.error();
    if (!parsed->is_object())
        return error(errc::not_an_object, "no Status");
    dom::complaints ignored;
    const dom::value root(*parsed, ignored);
    if (const auto kind = root["kind"].text(); !kind.empty() && kind != "Status")
        return error(errc::not_an_object, fmt::format("is of kind '{}', not a Status", kind));
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
    return status;
}

} // namespace nodewall::codec
