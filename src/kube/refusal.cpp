#include "kube/refusal.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace nodewall::kube {

namespace {

/// Servers before 1.18.6 say it in the message alone.
bool asks_for_the_future(const codec::api_status& status) {
    const auto& causes = status.causes;
    return std::find(causes.begin(), causes.end(), "ResourceVersionTooLarge") != causes.end() ||
           status.message.find("Too large resource version") != std::string::npos;
}

/// Of a Status without a code: what goes with its reason (metav1.StatusReason).
int code_of_reason(std::string_view reason) {
    struct row {
        std::string_view reason;
        int code;
    };
    static constexpr std::array rows{
        row{"BadRequest", 400},         row{"Unauthorized", 401}, row{"Forbidden", 403},
        row{"NotFound", 404},           row{"Invalid", 422},      row{"TooManyRequests", 429},
        row{"ServiceUnavailable", 503}, row{"Timeout", 504}};
    const auto at =
        std::find_if(rows.begin(), rows.end(), [&](const row& r) { return r.reason == reason; });
    return at == rows.end() ? 0 : at->code;
}

errc code_of(const codec::api_status& status) {
    if (status.reason == "Gone" || status.reason == "Expired")
        return errc::gone;
    switch (status.code != 0 ? status.code : code_of_reason(status.reason)) {
    case 400:
    case 422:
        return errc::bad_request;
    case 401:
        return errc::unauthorized;
    case 403:
        return errc::forbidden;
    case 404:
        return errc::not_found;
    case 410:
        return errc::gone;
    case 429:
    case 503:
        return errc::busy;
    case 504:
        return asks_for_the_future(status) ? errc::version_too_large : errc::server_failure;
    default:
        return errc::server_failure;
    }
}

} // namespace

failure failure_of(const codec::api_status& status, std::string_view asked) {
    const auto called =
        status.code != 0 || status.reason.empty() ? std::to_string(status.code) : status.reason;
    failure out{
        error(code_of(status), fmt::format("{}: status {}{}{}", asked, called,
                                           status.message.empty() ? "" : ", ", status.message))};
    if (status.retry_after_seconds > 0)
        out.retry_after = std::chrono::seconds(status.retry_after_seconds);
    return out;
}

failure failure_of(const http::response& refused, codec::json_reader& reader,
                   std::string_view asked) {
    codec::api_status status;
    if (is_json(refused.head))
        if (auto read = reader.read_status(refused.body))
            status = std::move(*read);
    status.code = static_cast<int>(refused.head.status);
    auto out = failure_of(status, asked);
    if (refused.head.retry_after)
        out.retry_after = refused.head.retry_after;
    return out;
}

bool is_json(const http::response_head& head) {
    return head.content_type.starts_with("application/json");
}

failure not_json(const http::response_head& head, std::string_view asked) {
    const auto type = head.content_type.empty() ? "content of no type" : head.content_type;
    return {error(errc::bad_answer, fmt::format("{}: status {} with {} where JSON was expected (is "
                                                "this the address of an API server?)",
                                                asked, head.status, type))};
}

} // namespace nodewall::kube
