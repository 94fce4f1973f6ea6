#include "apiserver/request.hpp"

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

namespace nodewall::apiserver {

namespace json = boost::json;
using endpoint = api_request::endpoint;

namespace {

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        if (end > 0)
            segments.emplace_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return segments;
}

json::object group_version_document(const api_resource& resource) {
    return {{"groupVersion", resource.group_version()}, {"version", resource.version}};
}

api_request document(json::object text) {
    return {endpoint::document, std::move(text), nullptr, {}, {}};
}

} // namespace

std::string api_resource::group_version() const {
    return group.empty() ? version : group + "/" + version;
}

std::string api_resource::type_fields(std::string_view suffix) const {
    return fmt::format(R"("kind":"{}{}","apiVersion":"{}")", object_kind, suffix, group_version());
}

std::string api_resource::stream() const {
    return group.empty() ? plural : plural + "." + group;
}

api_resources::api_resources(const std::string& endpoint_slices_version)
    : all_{{"", "v1", "namespaces", "Namespace", false},
           {"", "v1", "nodes", "Node", false},
           {"", "v1", "pods", "Pod"},
           {"", "v1", "services", "Service"},
           {"networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"}} {
    if (!endpoint_slices_version.empty())
        install({"discovery.k8s.io", endpoint_slices_version, "endpointslices", "EndpointSlice"});
}

void api_resources::install(api_resource resource) {
    all_.push_back(std::move(resource));
}

void api_resources::remove(std::string_view stream) {
    for (auto& resource : all_)
        resource.served = resource.served && resource.stream() != stream;
}

const api_resource* api_resources::find(std::string_view group, std::string_view version,
                                        std::string_view plural) const {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const api_resource& r) {
        return r.served && r.group == group && r.version == version && r.plural == plural;
    });
    return found == all_.end() ? nullptr : &*found;
}

api_result<api_request> api_resources::parse(std::string_view text) const {
    auto target = http::parse_target(text);
    if (!target)
        return bad_request(target.error().message());
    auto request = parse_path(segments_of(target->path));
    if (request)
        request->query = std::move(*target);
    return request;
}

api_result<api_request> api_resources::parse_path(const std::vector<std::string>& path) const {
    const auto simple = [](endpoint what) { return api_request{what, {}, nullptr, {}, {}}; };
    const auto first = path.empty() ? std::string_view() : std::string_view(path[0]);
    if (path.size() == 1) {
        if (first == "healthz" || first == "livez" || first == "readyz")
            return simple(endpoint::health);
        if (first == "version")
            return simple(endpoint::version);
        if (first == "_control")
            return simple(endpoint::control);
        if (first == "api")
            return document({{"kind", "APIVersions"}, {"versions", json::array{"v1"}}});
    }
    const auto rest_from = [&](std::size_t n) {
        return std::vector<std::string>(path.begin() + static_cast<std::ptrdiff_t>(n), path.end());
    };
    if (first == "api" && path.size() >= 2)
        return parse_resource("", path[1], rest_from(2));
    if (first == "apis" && path.size() >= 3)
        return parse_resource(path[1], path[2], rest_from(3));
    if (first == "apis" && path.size() == 2) {
        auto group = group_document(path[1]);
        if (group.empty())
            return unknown_path();
        return document(std::move(group));
    }
    if (first == "apis") {
        std::set<std::string> names;
        for (const auto& r : all_)
            if (r.served && !r.group.empty())
                names.insert(r.group);
        json::array groups;
        for (const auto& name : names) {
            auto group = group_document(name);
            group.erase("kind");
            group.erase("apiVersion");
            groups.push_back(std::move(group));
        }
        return document({{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", groups}});
    }
    return unknown_path();
}

api_result<api_request> api_resources::parse_resource(std::string_view group,
                                                      std::string_view version,
                                                      std::vector<std::string> rest) const {
    if (rest.empty()) {
        auto resources = resources_document(group, version);
        if (resources.empty())
            return unknown_path();
        return document(std::move(resources));
    }
    api_request request;
    if (rest.size() >= 3 && rest[0] == "namespaces") {
        request.key.namespace_ = rest[1];
        rest.erase(rest.begin(), rest.begin() + 2);
    }
    request.resource = find(group, version, rest[0]);
    if (request.resource == nullptr || rest.size() > 2 ||
        (!request.resource->namespaced && !request.key.namespace_.empty()))
        return unknown_path();
    request.what = endpoint::collection;
    if (rest.size() == 2) {
        if (request.resource->namespaced && request.key.namespace_.empty())
            return unknown_path();
        request.what = endpoint::object;
        request.key.name = rest[1];
    }
    return request;
}

json::object api_resources::group_document(std::string_view group) const {
    std::set<std::string> seen;
    json::array versions;
    for (const auto& r : all_)
        if (r.served && !group.empty() && r.group == group && seen.insert(r.version).second)
            versions.push_back(group_version_document(r));
    if (versions.empty())
        return {};
    const auto preferred = versions.front();
    return {{"kind", "APIGroup"},
            {"apiVersion", "v1"},
            {"name", group},
            {"versions", std::move(versions)},
            {"preferredVersion", preferred}};
}

json::object api_resources::resources_document(std::string_view group,
                                               std::string_view version) const {
    json::array resources;
    for (const auto& r : all_) {
        if (r.served && r.group == group && r.version == version) {
            resources.push_back(
                {{"name", r.plural},
                 {"singularName", ""},
                 {"namespaced", r.namespaced},
                 {"kind", r.object_kind},
                 {"verbs", json::array{"create", "delete", "get", "list", "update", "watch"}}});
        }
    }
    if (resources.empty())
        return {};
    const auto group_version =
        group.empty() ? std::string(version) : fmt::format("{}/{}", group, version);
    return {{"kind", "APIResourceList"},
            {"apiVersion", "v1"},
            {"groupVersion", group_version},
            {"resources", resources}};
}

} // namespace nodewall::apiserver
