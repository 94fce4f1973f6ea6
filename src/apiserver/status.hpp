// The errors of the small API server, in the words and the shapes of a real one: Status objects.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace nodewall::apiserver {

/// A refused request: the Status object and the HTTP status that goes with it.
struct api_failure {
    unsigned code = 500;
    std::string reason;  // "NotFound"; may be empty
    std::string message; // for a person
    boost::json::object details;
    std::string continue_token; // metadata.continue: goes on with an inconsistent list

    /// {"kind":"Status","apiVersion":"v1",...}
    std::string to_json() const;
};

template <class T> using api_result = boost::system::result<T, api_failure>;

/// `resource` is "pods" or "networkpolicies.networking.k8s.io".
api_failure not_found(std::string_view resource, std::string_view name);
api_failure already_exists(std::string_view resource, std::string_view name);
api_failure conflict(std::string_view resource, std::string_view name);
api_failure bad_request(std::string message);
/// 422 with one cause.
api_failure invalid(std::string_view subject, std::string_view field, std::string_view cause,
                    std::string message);
api_failure unknown_path();
api_failure method_not_allowed();
/// 504: asked to be no older than `wanted`, which has not happened yet.
api_failure too_large_resource_version(std::string_view wanted, std::string_view current);
/// 410 of a list.
api_failure expired(std::string message, std::string continue_token = {});
/// What a server in trouble answers: 401, 403, 429, 500, 503, ...
api_failure failure_of_code(unsigned code);

} // namespace nodewall::apiserver
