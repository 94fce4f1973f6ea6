// Answers that refuse, as failures.
#pragma once

#include "codec/json_reader.hpp"
#include "http/client.hpp"
#include "kube/answer.hpp"

#include <string_view>

namespace nodewall::kube {

/// A Status with its HTTP status, from an answer or from an ERROR event of a watch. `asked` names
/// the server and what was asked of it.
failure failure_of(const codec::api_status& status, std::string_view asked);

/// An answer of a status other than 200, whose body may be a Status or anything.
failure failure_of(const http::response& refused, codec::json_reader& reader,
                   std::string_view asked);

bool is_json(const http::response_head& head);

/// A 200 whose content is no JSON: a login page, a proxy's greeting.
failure not_json(const http::response_head& head, std::string_view asked);

} // namespace nodewall::kube
