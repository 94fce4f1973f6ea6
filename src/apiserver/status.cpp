#include "apiserver/status.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <utility>

namespace nodewall::apiserver {

namespace json = boost::json;

namespace {

/// The details that name an object: "pods" has no group, "networkpolicies.networking.k8s.io" has.
json::object object_details(std::string_view resource, std::string_view name) {
    const auto dot = resource.find('.');
    json::object details{{"name", name}};
    if (dot != std::string_view::npos)
        details["group"] = resource.substr(dot + 1);
    details["kind"] = resource.substr(0, dot);
    return details;
}

json::array one_cause(std::string_view reason, std::string_view message) {
    return {json::object{{"reason", reason}, {"message", message}}};
}

} // namespace

std::string api_failure::to_json() const {
    json::object metadata;
    if (!continue_token.empty())
        metadata["continue"] = continue_token;
    json::object status{{"kind", "Status"},
                        {"apiVersion", "v1"},
                        {"metadata", metadata},
                        {"status", "Failure"},
                        {"message", message}};
    if (!reason.empty())
        status["reason"] = reason;
    if (!details.empty())
        status["details"] = details;
    status["code"] = code;
    return json::serialize(status);
}

api_failure not_found(std::string_view resource, std::string_view name) {
    return {404,
            "NotFound",
            fmt::format("{} \"{}\" not found", resource, name),
            object_details(resource, name),
            {}};
}

api_failure already_exists(std::string_view resource, std::string_view name) {
    return {409,
            "AlreadyExists",
            fmt::format("{} \"{}\" already exists", resource, name),
            object_details(resource, name),
            {}};
}

api_failure conflict(std::string_view resource, std::string_view name) {
    return {409,
            "Conflict",
            fmt::format("Operation cannot be fulfilled on {} \"{}\": the object has been modified; "
                        "please apply your changes to the latest version and try again",
                        resource, name),
            object_details(resource, name),
            {}};
}

api_failure bad_request(std::string message) {
    return {400, "BadRequest", std::move(message), {}, {}};
}

api_failure invalid(std::string_view subject, std::string_view field, std::string_view cause,
                    std::string message) {
    auto causes = one_cause(cause, message);
    causes[0].as_object()["field"] = field;
    return {422,
            "Invalid",
            fmt::format("{} is invalid: {}: {}", subject, field, message),
            {{"causes", std::move(causes)}},
            {}};
}

api_failure unknown_path() {
    return {404, "NotFound", "the server could not find the requested resource", {}, {}};
}

api_failure method_not_allowed() {
    return {405,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
            {},
            {}};
}

api_failure too_large_resource_version(std::string_view wanted, std::string_view current) {
    return {504,
            "Timeout",
            fmt::format("Timeout: Too large resource version: {}, current: {}", wanted, current),
            {{"causes", one_cause("ResourceVersionTooLarge", "Too large resource version")}},
            {}};
}

api_failure expired(std::string message, std::string continue_token) {
    return {410, "Expired", std::move(message), {}, std::move(continue_token)};
}

api_failure failure_of_code(unsigned code) {
    switch (code) {
    case 401:
        return {code, "Unauthorized", "Unauthorized", {}, {}};
    case 403:
        return {code, "Forbidden", "forbidden: User \"someone\" cannot do that", {}, {}};
    case 404:
        return unknown_path();
    case 429:
        return {code,
                "TooManyRequests",
                "Too many requests, please try again later.",
                {{"retryAfterSeconds", 1}},
                {}};
    case 503:
        return {code,
                "ServiceUnavailable",
                "the server is currently unable to handle the request",
                {{"retryAfterSeconds", 1}},
                {}};
    default:
        return {code, "InternalError", "Internal error occurred", {}, {}};
    }
}

} // namespace nodewall::apiserver
