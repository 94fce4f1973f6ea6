#include "codec/manifest.hpp"

#include "base/limits.hpp"
#include "codec/decode.hpp"
#include "codec/encoding.hpp"
#include "codec/json_values.hpp"
#include "codec/observe.hpp"
#include "codec/yaml.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <utility>

namespace nodewall::codec {

namespace {

using action = model::observed_event::action;

/// apiVersion and kind of an object, or of the list that holds it.
struct type_names {
    std::string_view api_version;
    std::string_view kind;
};

std::string_view text_of(dom::element object, std::string_view key) {
    std::string_view text;
    return object[key].get(text) ? std::string_view{} : text;
}

bool lacks_namespace(dom::element object) {
    dom::element metadata;
    if (object["metadata"].get(metadata) || !metadata.is_object())
        return false;
    dom::element field;
    return metadata["namespace"].get(field) || field.is_null() ||
           (field.is_string() && std::string_view(field).empty());
}

/// The object as text, in namespace `default`, with its apiVersion and kind.
std::string put_in_default(dom::element object, type_names names) {
    auto json =
        boost::json::parse(canonical_text(object), {}, {.max_depth = limits::json_depth_max});
    auto& fields = json.get_object();
    fields.emplace("apiVersion", names.api_version);
    fields.emplace("kind", names.kind);
    fields["metadata"].get_object()["namespace"] = "default";
    return boost::json::serialize(json);
}

/// "Deployment web/api", as far as the object says it.
std::string name_of(dom::element object, std::string_view kind) {
    dom::element metadata;
    if (object["metadata"].get(metadata))
        return std::string(kind);
    const model::object_key key{.namespace_ = std::string(text_of(metadata, "namespace")),
                                .name = std::string(text_of(metadata, "name"))};
    return fmt::format("{} {}", kind, key.to_string());
}

class manifest_reader {
public:
    manifest_reader(json_reader& reader, body_mode mode) : reader_(reader), mode_(mode) {}

    result<void> add_document(std::string_view json) {
        const auto root = dom::parse(parser_, json);
        return root ? add_value(*root, {}, action::added) : root.error();
    }
    manifest take() { return std::move(out_); }

private:
    /// `of_list` are the names that a list gives to items without names of their own.
    result<void> add_value(dom::element value, type_names of_list, action what_happened);
    result<void> add_list(dom::element items, type_names names);
    result<void> add_event(dom::element event);
    result<void> add_object(const kind_row& what, dom::element object, type_names names,
                            action what_happened);

    json_reader& reader_;
    body_mode mode_;
    simdjson::dom::parser parser_ = dom::make_parser(limits::manifest_bytes_max);
    manifest out_;
};

result<void> manifest_reader::add_value(dom::element value, type_names of_list,
                                        action what_happened) {
    if (!value.is_object())
        return error(errc::not_an_object, "neither an object nor a list of objects");
    type_names names{text_of(value, "apiVersion"), text_of(value, "kind")};
    if (names.kind.empty() && !value["type"].error() && !value["object"].error())
        return add_event(value);
    if (names.kind.empty() && names.api_version.empty())
        names = of_list;
    if (names.kind.empty() || names.api_version.empty())
        return error(errc::not_an_object, "an object without apiVersion and kind");
    dom::element items;
    if (names.kind.ends_with("List") && !value["items"].get(items))
        return add_list(items, names);
    if (const auto* what = reader_.kinds().find_object(names.api_version, names.kind))
        return add_object(*what, value, names, what_happened);
    out_.skipped.push_back(name_of(value, names.kind));
    return {};
}

result<void> manifest_reader::add_list(dom::element items, type_names names) {
    names.kind.remove_suffix(std::string_view("List").size());
    simdjson::dom::array array;
    if (items.is_null())
        return {};
    if (items.get(array))
        return error(errc::not_an_object, "the items of a list are no array");
    std::size_t index = 0;
    for (const auto item : array) {
        if (const auto added = add_value(item, names, action::added); !added)
            return added.error().within(fmt::format("items[{}]", index));
        ++index;
    }
    return {};
}

result<void> manifest_reader::add_event(dom::element event) {
    dom::complaints faults;
    const dom::value root(event, faults);
    const auto what_happened = read_action(root["type"]);
    if (faults.any())
        return faults.first();
    if (what_happened == action::error)
        out_.skipped.emplace_back("an ERROR event");
    if (what_happened == action::bookmark || what_happened == action::error)
        return {};
    return add_value(event["object"], {}, what_happened);
}

result<void> manifest_reader::add_object(const kind_row& what, dom::element object,
                                         type_names names, action what_happened) {
    auto observed = what.namespaced && lacks_namespace(object)
                        ? reader_.observe(what, put_in_default(object, names), mode_)
                        : observe_element(what, object, mode_, names.api_version);
    if (!observed)
        return observed.error();
    const auto decoded = reader_.decode(what, observed->body);
    if (!decoded)
        return decoded.error();
    // Unlike an API server, whoever has the file can put it right.
    const auto& meta = meta_of(*decoded);
    if (!meta.not_understood.empty())
        return error(errc::bad_field, meta.not_understood.front()).within(place_of(what, meta.key));
    out_.items.push_back(
        {.stream = what.stream, .event = {.what = what_happened, .object = std::move(*observed)}});
    return {};
}

} // namespace

result<manifest> read_manifest(json_reader& reader, std::string_view text, body_mode mode) {
    manifest_reader in(reader, mode);
    std::string storage;
    const auto plain = as_plain_utf8(text, storage);
    if (!plain)
        return plain.error();
    text = *plain;
    if (const auto objects = split_json_objects(text)) {
        for (const auto& object : *objects)
            if (const auto added = in.add_document(object.text); !added)
                return added.error().within(fmt::format("line {}", object.line));
        return in.take();
    }
    const auto documents = parse_yaml(text);
    if (!documents)
        return documents.error();
    if (documents->empty())
        return error(errc::not_an_object, "there is no object in it");
    for (std::size_t i = 0; i < documents->size(); ++i)
        if (const auto added = in.add_document(boost::json::serialize((*documents)[i])); !added)
            return added.error().within(fmt::format("document {}", i + 1));
    return in.take();
}

} // namespace nodewall::codec
