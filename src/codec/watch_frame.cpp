#include "codec/json_reader.hpp"

#include "codec/decode.hpp"
#include "codec/observe.hpp"
#include "codec/reader_state.hpp"
#include "codec/unread.hpp"

#include <fmt/core.h>

namespace nodewall::codec {

namespace {

using action = model::observed_event::action;

std::string read_bookmark(const dom::value& object) {
    const auto metadata = object["metadata"];
    const auto version = metadata["resourceVersion"];
    if (version.text().empty())
        version.complain("is missing");
    return std::string(version.text());
}

} // namespace

action read_action(const dom::value& type) {
    const auto text = type.text();
    if (text == "ADDED")
        return action::added;
    if (text == "MODIFIED")
        return action::modified;
    if (text == "DELETED")
        return action::deleted;
    if (text == "BOOKMARK")
        return action::bookmark;
    if (text != "ERROR")
        type.complain(fmt::format("is '{}', no type of event", text), errc::not_an_object);
    return action::error;
}

result<model::observed_event> observe_frame(const kind_row& what, dom::element frame,
                                            body_mode mode) {
    dom::complaints faults;
    const dom::value root(frame, faults);
    model::observed_event event{.what = read_action(root["type"]), .object = {}};
    const auto object = root["object"];
    if (!object.present())
        object.complain("is missing", errc::not_an_object);
    if (event.what == action::bookmark)
        event.object.resource_version = read_bookmark(object);
    if (faults.any())
        return faults.first().within(what.stream);
    if (event.what == action::bookmark)
        return event;
    if (event.what == action::error) {
        event.object.body = canonical_text(object.raw());
        return event;
    }
    auto observed = observe_element(what, object.raw(), mode);
    if (!observed)
        return observed.error();
    event.object = std::move(*observed);
    if (event.object.resource_version.empty()) // there would be nothing to resume from
        return error(errc::not_an_object, "has no metadata.resourceVersion")
            .within(place_of(what, {event.object.namespace_, event.object.name}));
    return event;
}

result<model::observed_event>
json_reader::read_watch_frame(const kind_row& what, std::string_view frame, body_mode mode) {
    const auto root = state_->parse(frame);
    auto event = root ? observe_frame(what, *root, mode)
                      : result<model::observed_event>(root.error().within(what.stream));
    // What is no JSON may have been cut on its way: the next attempt may bring it whole.
    if (event || event.error().is(errc::not_json))
        return event;
    identity_skimmer skimmer(identity_skimmer::place::watch_frame);
    skimmer.feed(frame);
    auto unread = unread_event(what, skimmer.found(), event.error().message());
    return unread ? std::move(*unread) : std::move(event);
}

} // namespace nodewall::codec
