#include "codec/observe.hpp"

#include "base/limits.hpp"
#include "codec/body_writer.hpp"
#include "codec/decode.hpp"

#include <fmt/core.h>

namespace nodewall::codec {

namespace {

/// An object that says what it is must be what was asked for.
void check_kind(const kind_row& what, const dom::value& object) {
    const auto api_version = object["apiVersion"].text();
    const auto kind = object["kind"].text();
    if (!api_version.empty() && !kind.empty() && !what.describes(api_version, kind))
        object.complain(fmt::format("is a {} of {}, not a {}", kind, api_version, what.object_kind),
                        errc::not_an_object);
}

/// Identity goes to places where a NUL would end it.
std::string identity(const dom::value& field) {
    const auto text = field.text();
    if (text.find('\0') != std::string_view::npos)
        field.complain("holds a NUL byte");
    return std::string(text);
}

} // namespace

result<model::observed_object> observe_element(const kind_row& what, dom::element object,
                                               body_mode mode, std::string_view api_version) {
    dom::complaints faults;
    const dom::value root(object, faults);
    check_kind(what, root);
    const auto key = read_key(what, root);
    const auto refuse = [&](const error& cause) { return cause.within(place_of(what, key)); };
    const auto metadata = root["metadata"];
    model::observed_object out;
    out.name = identity(metadata["name"]);
    if (what.namespaced)
        out.namespace_ = identity(metadata["namespace"]);
    out.uid = identity(metadata["uid"]);
    out.resource_version = identity(metadata["resourceVersion"]);
    if (faults.any())
        return refuse(faults.first());
    body_writer writer;
    writer.write(object, kept_shape(what, mode), api_version, what.object_kind);
    if (writer.repeated_field())
        return refuse(
            error(errc::bad_field, fmt::format("the field '{}' stands twice in one object",
                                               *writer.repeated_field())));
    if (writer.text().size() > limits::frame_bytes_max)
        return refuse(
            error(errc::too_large, fmt::format("a body of {} bytes", writer.text().size())));
    out.body = writer.text();
    return out;
}

std::string canonical_text(dom::element value) {
    body_writer writer;
    writer.write(value, whole, {}, {});
    return writer.text();
}

} // namespace nodewall::codec
