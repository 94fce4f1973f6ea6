// What the small API server serves, and the reading of a request's target.
#pragma once

#include "apiserver/status.hpp"
#include "http/url.hpp"
#include "model/kind.hpp"

#include <boost/json/object.hpp>

#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::apiserver {

struct api_resource {
    std::string group; // empty: the core group
    std::string version;
    std::string plural;
    std::string object_kind; // "Pod"
    bool namespaced = true;
    bool served = true; // false: its definition was removed

    /// As the log names it: "pods", "networkpolicies.networking.k8s.io". The same in all versions.
    std::string stream() const;
    /// "v1", "networking.k8s.io/v1".
    std::string group_version() const;
    /// `"kind":"Pod","apiVersion":"v1"`: what an item in a list lacks and any other object has.
    std::string type_fields(std::string_view suffix = {}) const;
};

struct api_request {
    enum class endpoint {
        health,     ///< /healthz, /livez, /readyz
        version,    ///< /version
        document,   ///< discovery: the answer stands in `document`
        collection, ///< .../pods
        object,     ///< .../pods/NAME
        control,    ///< /_control: tests only
    };
    endpoint what = endpoint::health;
    boost::json::object document;
    const api_resource* resource = nullptr;
    model::object_key key;
    http::target query;
};

/// What an API server of some age has, and what definitions add to it.
class api_resources {
public:
    /// "v1", "v1beta1", or empty: a server so old that it has no EndpointSlices.
    explicit api_resources(const std::string& endpoint_slices_version);

    /// As a CustomResourceDefinition does.
    void install(api_resource resource);
    /// In all versions. A watch may hold the resource: it stays where it is, served no longer.
    void remove(std::string_view stream);

    api_result<api_request> parse(std::string_view target) const;

private:
    const api_resource* find(std::string_view group, std::string_view version,
                             std::string_view plural) const;
    api_result<api_request> parse_path(const std::vector<std::string>& segments) const;
    /// What stands behind /api/v1/ or /apis/GROUP/VERSION/.
    api_result<api_request> parse_resource(std::string_view group, std::string_view version,
                                           std::vector<std::string> rest) const;
    boost::json::object group_document(std::string_view group) const;
    boost::json::object resources_document(std::string_view group, std::string_view version) const;

    std::list<api_resource> all_; // none ever moves
};

} // namespace nodewall::apiserver
