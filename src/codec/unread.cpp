#include "codec/unread.hpp"

#include "base/json_string.hpp"
#include "base/limits.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace nodewall::codec {

namespace {

using action = model::observed_event::action;

/// What stands before the mark's own content, in each body that has one.
std::string mark_begin() {
    return fmt::format("{{\"{}\":{{", unread_key);
}

/// Behind the object that begins at `begin`; npos where it does not end.
std::size_t end_of_object(std::string_view json, std::size_t begin) {
    std::size_t depth = 0;
    bool in_text = false;
    for (auto i = begin; i < json.size(); ++i) {
        const char c = json[i];
        if (in_text && c == '\\')
            ++i;
        else if (c == '"')
            in_text = !in_text;
        else if (!in_text && c == '{')
            ++depth;
        else if (!in_text && c == '}' && --depth == 0)
            return i + 1;
    }
    return std::string_view::npos;
}

/// The fields of `body` but a mark, with the closing brace; a comma before them, if there are any.
std::string fields_of(std::string_view body) {
    std::string_view rest = body.substr(1);
    const auto begin = mark_begin();
    if (body.starts_with(begin)) {
        const auto end = end_of_object(body, begin.size() - 1);
        if (end == std::string_view::npos)
            return "}";
        rest = body.substr(end);
        if (rest.starts_with(','))
            rest.remove_prefix(1);
    }
    return (rest == "}" ? "" : ",") + std::string(rest);
}

void add_field(std::string& to, std::string_view name, std::string_view value) {
    if (value.empty())
        return;
    if (to.back() != '{')
        to += ',';
    append_json_string(name, to);
    to += ':';
    append_json_string(value, to);
}

} // namespace

std::string over_limit(std::size_t bytes) {
    return fmt::format("over the limit: {} bytes, at most {}", bytes, limits::frame_bytes_max);
}

std::optional<model::observed_object>
unread_object(const kind_row& what, const skimmed_identity& who, std::string_view reason) {
    if (who.name.empty() || (what.namespaced && who.namespace_.empty()))
        return std::nullopt;
    return model::observed_object{.namespace_ = what.namespaced ? who.namespace_ : "",
                                  .name = who.name,
                                  .uid = who.uid,
                                  .resource_version = who.resource_version,
                                  .body = {},
                                  .unread = std::string(reason)};
}

std::optional<model::observed_event> unread_event(const kind_row& what, const skimmed_identity& who,
                                                  std::string_view reason) {
    static constexpr std::array<std::pair<std::string_view, action>, 3> types{
        {{"ADDED", action::added}, {"MODIFIED", action::modified}, {"DELETED", action::deleted}}};
    auto object = unread_object(what, who, reason);
    if (!object || object->resource_version.empty())
        return std::nullopt;
    for (const auto& [type, happened] : types)
        if (type == who.event_type)
            return model::observed_event{.what = happened, .object = std::move(*object)};
    return std::nullopt;
}

std::string unread_body(std::string_view last, const model::observed_object& object,
                        std::string_view reason) {
    auto body = mark_begin();
    add_field(body, "reason", reason);
    add_field(body, "resourceVersion", object.resource_version);
    body += '}';
    if (!last.empty() && body.size() + last.size() <= limits::frame_bytes_max)
        return body + fields_of(last);
    body += ",\"metadata\":{";
    add_field(body, "name", object.name);
    add_field(body, "namespace", object.namespace_);
    add_field(body, "resourceVersion", object.resource_version);
    add_field(body, "uid", object.uid);
    return body + "}}";
}

} // namespace nodewall::codec
