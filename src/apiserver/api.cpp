#include "apiserver/api.hpp"

#include "apiserver/query.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace nodewall::apiserver {

namespace json = boost::json;
using model::object_key;
using endpoint = api_request::endpoint;

namespace {

constexpr auto watch_timeout_default = std::chrono::minutes(30);

/// The object in a request's body, with the name that it must have.
api_result<json::object> parse_object(const api_resource& resource, const object_key& key,
                                      std::string_view body) {
    boost::system::error_code problem;
    auto value = json::parse(body, problem);
    if (problem || !value.is_object()) {
        return bad_request(fmt::format("the object provided is unrecognized (must be of type {}): "
                                       "json parse error",
                                       resource.object_kind));
    }
    auto& object = value.as_object();
    const auto text_at = [](const json::object& in, std::string_view name) -> std::string_view {
        const auto* field = in.if_contains(name);
        return field != nullptr && field->is_string() ? std::string_view(field->get_string()) : "";
    };
    if (text_at(object, "kind") != resource.object_kind ||
        text_at(object, "apiVersion") != resource.group_version()) {
        return bad_request(fmt::format("the object provided is unrecognized (must be of type {})",
                                       resource.object_kind));
    }
    auto& metadata = object["metadata"];
    if (!metadata.is_object() || text_at(metadata.get_object(), "name").empty()) {
        return invalid(fmt::format("{} \"\"", resource.object_kind), "metadata.name",
                       "FieldValueRequired", "Required value: name or generateName is required");
    }
    const auto name = text_at(metadata.get_object(), "name");
    if (!key.name.empty() && name != key.name) {
        return bad_request(fmt::format(
            "the name of the object ({}) does not match the name on the URL ({})", name, key.name));
    }
    const auto namespace_ = text_at(metadata.get_object(), "namespace");
    if (!namespace_.empty() && namespace_ != key.namespace_) {
        return bad_request("the namespace of the provided object does not match the namespace sent "
                           "on the request");
    }
    return std::move(object);
}

} // namespace

api_machine::api_machine(options o)
    : resources_(o.endpoint_slices_version), store_(std::move(o.store)) {}

std::variant<api_reply, api_watch>
api_machine::answer(std::string_view method, const api_request& request, std::string_view body) {
    const auto refused = [](const api_failure& f) { return api_reply{f.code, f.to_json()}; };
    if (request.what == endpoint::collection && method == "GET" &&
        is_true(request.query.get("watch"))) {
        auto started = watch(request);
        if (!started)
            return refused(started.error());
        return std::move(*started);
    }
    auto reply = answer_whole(method, request, body);
    return reply ? *std::move(reply) : refused(reply.error());
}

api_result<api_reply> api_machine::answer_whole(std::string_view method, const api_request& request,
                                                std::string_view body) {
    const bool collection = request.what == endpoint::collection;
    const bool object = request.what == endpoint::object;
    if (method == "POST" && collection &&
        request.resource->namespaced == !request.key.namespace_.empty())
        return create(request, body);
    if (method == "PUT" && object)
        return replace(request, body);
    if (method == "DELETE" && object)
        return remove(request);
    if (method != "GET")
        return method_not_allowed();
    switch (request.what) {
    case endpoint::health:
        return api_reply{200, "ok"};
    case endpoint::version:
        return version();
    case endpoint::document:
        return api_reply{200, json::serialize(request.document)};
    case endpoint::collection:
        return list(request);
    case endpoint::object:
        if (const auto found = store_.find(request.resource->stream(), request.key))
            return api_reply{200, whole_object(*request.resource, *found)};
        return not_found(request.resource->stream(), request.key.name);
    case endpoint::control:
        break;
    }
    return method_not_allowed();
}

api_result<api_watch> api_machine::watch(const api_request& request) const {
    if (auto refused = not_supported(request.query))
        return std::move(*refused);
    const auto from = number_in(request.query, "resourceVersion", 0);
    const auto timeout =
        number_in(request.query, "timeoutSeconds",
                  static_cast<std::uint64_t>(std::chrono::seconds(watch_timeout_default).count()));
    if (!from || !timeout)
        return !from ? from.error() : timeout.error();
    if (gone_by_http && *from != 0 && *from < store_.oldest())
        return expired(fmt::format("too old resource version: {} ({})", *from, store_.oldest()));
    api_watch started{
        std::make_unique<watch_stream>(store_, *request.resource, request.key.namespace_, *from),
        is_true(request.query.get("allowWatchBookmarks")),
        std::chrono::seconds(std::min<std::uint64_t>(*timeout, 86'400))};
    if (*from == 0)
        started.frames->begin_with_current();
    return started;
}

api_result<api_reply> api_machine::list(const api_request& request) const {
    if (auto refused = not_supported(request.query))
        return std::move(*refused);
    const auto limit = number_in(request.query, "limit", 0);
    const auto position = list_position_of(request.query, store_);
    if (!limit || !position)
        return !limit ? limit.error() : position.error();
    const auto page = store_.list(request.resource->stream(), request.key.namespace_,
                                  position->revision, position->after, *limit);
    json::object metadata{{"resourceVersion", std::to_string(page.revision)}};
    if (page.remaining > 0) {
        metadata["continue"] =
            continue_token(std::to_string(page.revision), page.items.back()->key);
        metadata["remainingItemCount"] = page.remaining;
    }
    auto text = fmt::format(R"({{{},"metadata":{},"items":[)",
                            request.resource->type_fields("List"), json::serialize(metadata));
    for (const auto& item : page.items) {
        text += item->text;
        text += ',';
    }
    if (!page.items.empty())
        text.pop_back();
    return api_reply{200, text + "]}"};
}

api_result<api_reply> api_machine::create(const api_request& request, std::string_view body) {
    auto object = parse_object(*request.resource, request.key, body);
    if (!object)
        return object.error();
    auto key = request.key;
    key.name = object->at("metadata").at("name").as_string();
    const auto made = store_.create(request.resource->stream(), key, std::move(*object));
    if (!made)
        return made.error();
    return api_reply{201, whole_object(*request.resource, **made)};
}

api_result<api_reply> api_machine::replace(const api_request& request, std::string_view body) {
    auto object = parse_object(*request.resource, request.key, body);
    if (!object)
        return object.error();
    const auto made = store_.replace(request.resource->stream(), request.key, std::move(*object));
    if (!made)
        return made.error();
    return api_reply{200, whole_object(*request.resource, **made)};
}

api_result<api_reply> api_machine::remove(const api_request& request) {
    const auto removed = store_.remove(request.resource->stream(), request.key);
    if (!removed)
        return removed.error();
    json::object details{{"name", request.key.name}, {"kind", request.resource->plural}};
    if (!request.resource->group.empty())
        details["group"] = request.resource->group;
    return api_reply{200, json::serialize(json::object{{"kind", "Status"},
                                                       {"apiVersion", "v1"},
                                                       {"metadata", json::object{}},
                                                       {"status", "Success"},
                                                       {"details", details}})};
}

api_reply api_machine::version() const {
    return {200, R"({"major":"1","minor":"29","gitVersion":"v1.29.0-small"})"};
}

} // namespace nodewall::apiserver
