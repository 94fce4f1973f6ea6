// The parameters of a list or a watch, as far as the small API server knows them.
#pragma once

#include "apiserver/status.hpp"
#include "apiserver/store.hpp"
#include "http/url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall::apiserver {

/// "1" or "true".
bool is_true(std::string_view text);

/// A number in the query, or `otherwise` where the query does not have it.
api_result<std::uint64_t> number_in(const http::target& query, std::string_view name,
                                    std::uint64_t otherwise);

/// What no list and no watch of this server understands is refused, not ignored.
std::optional<api_failure> not_supported(const http::target& query);

/// Where a page of a list begins.
struct list_position {
    std::uint64_t revision = 0;
    std::optional<model::object_key> after;
};
api_result<list_position> list_position_of(const http::target& query, const object_store& store);

/// "REVISION/NAMESPACE/NAME"; -1 for the revision takes whatever is current then.
std::string continue_token(std::string_view revision, const model::object_key& last);

} // namespace nodewall::apiserver
