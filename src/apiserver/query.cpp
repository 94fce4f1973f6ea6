#include "apiserver/query.hpp"

#include <fmt/core.h>

#include <charconv>

namespace nodewall::apiserver {

using model::object_key;

namespace {

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = problem == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

api_failure invalid_parameter(std::string_view name, std::string_view value) {
    return bad_request(fmt::format("{}: Invalid value: \"{}\"", name, value));
}

api_result<list_position> parse_continue_token(std::string_view token, const object_store& store) {
    const auto first = token.find('/');
    const auto second = first == token.npos ? token.npos : token.find('/', first + 1);
    const auto revision =
        token.substr(0, first) == "-1" ? store.revision() : number(token.substr(0, first));
    if (second == token.npos || !revision || *revision > store.revision())
        return bad_request("invalid continue token: continue key is not valid");
    const object_key last{std::string(token.substr(first + 1, second - first - 1)),
                          std::string(token.substr(second + 1))};
    if (*revision < store.oldest()) {
        return expired("The provided continue parameter is too old to display a consistent list "
                       "result. You can start a new list without the continue parameter.",
                       continue_token("-1", last));
    }
    return list_position{*revision, last};
}

} // namespace

bool is_true(std::string_view text) {
    return text == "1" || text == "true";
}

api_result<std::uint64_t> number_in(const http::target& query, std::string_view name,
                                    std::uint64_t otherwise) {
    const auto text = query.get(name);
    const auto value = text.empty() ? otherwise : number(text);
    if (!value)
        return invalid_parameter(name, text);
    return {boost::system::in_place_value, *value};
}

std::optional<api_failure> not_supported(const http::target& query) {
    for (const auto* name : {"fieldSelector", "labelSelector"})
        if (!query.get(name).empty())
            return bad_request(fmt::format("the small API server knows no {}", name));
    const auto match = query.get("resourceVersionMatch");
    const bool watching = is_true(query.get("watch"));
    if (!match.empty() && (watching || query.get("resourceVersion").empty())) {
        return invalid("ListOptions.meta.k8s.io \"\"", "resourceVersionMatch",
                       "FieldValueForbidden",
                       watching ? "Forbidden: resourceVersionMatch is forbidden for watch"
                                : "Forbidden: resourceVersionMatch is forbidden unless "
                                  "resourceVersion is provided");
    }
    return std::nullopt;
}

std::string continue_token(std::string_view revision, const object_key& last) {
    return fmt::format("{}/{}/{}", revision, last.namespace_, last.name);
}

api_result<list_position> list_position_of(const http::target& query, const object_store& store) {
    if (const auto token = query.get("continue"); !token.empty())
        return parse_continue_token(token, store);
    const auto wanted = number_in(query, "resourceVersion", 0);
    if (!wanted)
        return wanted.error();
    if (*wanted > store.revision()) {
        return too_large_resource_version(std::to_string(*wanted),
                                          std::to_string(store.revision()));
    }
    const auto match = query.get("resourceVersionMatch");
    const bool exact = match == "Exact" || (match.empty() && !query.get("limit").empty());
    if (*wanted == 0 || !exact)
        return list_position{store.revision(), {}};
    if (*wanted < store.oldest())
        return expired("The resourceVersion for the provided list is too old.");
    return list_position{*wanted, {}};
}

} // namespace nodewall::apiserver
