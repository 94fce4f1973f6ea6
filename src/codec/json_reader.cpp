#include "codec/json_reader.hpp"

#include "codec/decode.hpp"
#include "codec/observe.hpp"
#include "codec/reader_state.hpp"

namespace nodewall::codec {

namespace {

template <class Object> using decoder = void (*)(const dom::value&, Object&);

/// Who the object is: without that it is none.
model::object_meta read_identity(model::kind what, const dom::value& object) {
    const auto metadata = object["metadata"];
    return {.key = read_key(what, object), .uid = std::string(metadata["uid"].text())};
}

void read_rest(const dom::value& metadata, model::object_meta& out) {
    out.labels = read_labels(metadata["labels"]);
    out.created = read_time(metadata["creationTimestamp"]);
    out.terminating = metadata["deletionTimestamp"].present();
}

template <class Object>
result<model::object> decode_with(decoder<Object> decode, model::kind what, dom::element json) {
    dom::complaints faults;
    const dom::value root(json, faults);
    model::object object{Object{.meta = read_identity(what, root)}};
    auto& out = *std::get_if<Object>(&object);
    if (faults.any())
        return faults.first().within(place_of(what, out.meta.key));
    read_rest(root["metadata"], out.meta);
    decode(root, out);
    out.meta.not_understood = faults.details();
    return object;
}

} // namespace

json_reader::json_reader() : state_(std::make_unique<state>()) {}
json_reader::~json_reader() = default;
json_reader::json_reader(json_reader&&) noexcept = default;
json_reader& json_reader::operator=(json_reader&&) noexcept = default;

result<model::object> json_reader::decode(model::kind what, std::string_view json) {
    const auto root = state_->parse(json);
    if (!root)
        return root.error().within(model::stream_name(what));
    switch (what) {
    case model::kind::namespace_:
        return decode_with(decode_namespace, what, *root);
    case model::kind::node:
        return decode_with(decode_node, what, *root);
    case model::kind::pod:
        return decode_with(decode_pod, what, *root);
    case model::kind::service:
        return decode_with(decode_service, what, *root);
    case model::kind::endpoint_slice:
        return decode_with(decode_endpoint_slice, what, *root);
    case model::kind::network_policy:
        break;
    }
    return decode_with(decode_network_policy, what, *root);
}

result<model::observed_object> json_reader::observe(model::kind what, std::string_view json,
                                                    body_mode mode) {
    const auto root = state_->parse(json);
    if (!root)
        return root.error().within(model::stream_name(what));
    return observe_element(what, *root, mode);
}

} // namespace nodewall::codec
