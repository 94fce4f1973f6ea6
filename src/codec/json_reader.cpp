#include "codec/json_reader.hpp"

#include "codec/decode.hpp"
#include "codec/observe.hpp"
#include "codec/reader_state.hpp"
#include "codec/stored_metadata.hpp"
#include "codec/unread.hpp"

#include <fmt/core.h>

namespace nodewall::codec {

namespace {

/// Who the object is: without that it is none.
model::object_meta read_identity(const kind_row& what, const dom::value& object) {
    const auto metadata = object["metadata"];
    return {.key = read_key(what, object), .uid = std::string(metadata["uid"].text())};
}

void read_rest(const dom::value& metadata, model::object_meta& out) {
    out.labels = read_labels(metadata["labels"]);
    out.created = read_time(metadata["creationTimestamp"]);
    out.terminating = metadata["deletionTimestamp"].present();
}

/// An object whose present version could not be read says so before all else.
void note_unread(const dom::value& object, model::object_meta& meta) {
    dom::complaints ignored;
    const dom::value root(object, ignored);
    const auto mark = root[unread_key];
    if (!mark.present())
        return;
    meta.unread = true;
    meta.not_understood.insert(
        meta.not_understood.begin(),
        fmt::format("version {} cannot be read ({}): what was read last stays in force",
                    mark["resourceVersion"].text(), mark["reason"].text()));
}

} // namespace

json_reader::json_reader(kind_registry kinds) : state_(std::make_unique<state>(std::move(kinds))) {}
json_reader::~json_reader() = default;
json_reader::json_reader(json_reader&&) noexcept = default;
json_reader& json_reader::operator=(json_reader&&) noexcept = default;

const kind_registry& json_reader::kinds() const noexcept {
    return state_->kinds;
}

result<model::object> json_reader::decode(const kind_row& what, std::string_view json) {
    const auto parsed = state_->parse(json);
    if (!parsed)
        return parsed.error().within(what.stream);
    dom::complaints faults;
    const dom::value root(*parsed, faults);
    auto meta = read_identity(what, root);
    if (faults.any())
        return faults.first().within(place_of(what, meta.key));
    const auto metadata = root["metadata"];
    read_rest(metadata, meta);
    const bool stored = what.role == kind_row::twin::stored;
    const bool staged_there = stored && read_stored_metadata(metadata, meta.labels);
    auto object = what.decode(root, std::move(meta));
    if (auto* policy = std::get_if<model::policy_object>(&object)) {
        policy->stream = what.stream;
        const bool staged = stored ? staged_there : read_stage(metadata["annotations"]);
        policy->staged = staged || policy->staged;
    }
    meta_of(object).not_understood = faults.details();
    note_unread(root, meta_of(object));
    if (what.part_of_policies)
        return model::policy_part{std::get<model::policy_object>(std::move(object))};
    return object;
}

result<model::object> json_reader::decode(model::kind what, std::string_view json) {
    return decode(state_->row(what), json);
}

result<model::observed_object> json_reader::observe(const kind_row& what, std::string_view json,
                                                    body_mode mode) {
    const auto root = state_->parse(json);
    if (!root)
        return root.error().within(what.stream);
    return observe_element(what, *root, mode);
}

result<model::observed_object> json_reader::observe_item(const kind_row& what,
                                                         std::string_view json, body_mode mode,
                                                         std::string_view api_version) {
    const auto root = state_->parse(json);
    if (!root)
        return root.error();
    return observe_element(what, *root, mode, api_version);
}

result<model::observed_object> json_reader::observe(model::kind what, std::string_view json,
                                                    body_mode mode) {
    return observe(state_->row(what), json, mode);
}

} // namespace nodewall::codec
