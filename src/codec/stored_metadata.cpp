#include "codec/stored_metadata.hpp"

#include "base/limits.hpp"
#include "codec/decode.hpp"

#include <fmt/core.h>

#include <string_view>
#include <utility>

namespace nodewall::codec {

namespace {

constexpr std::string_view kept_in = "projectcalico.org/metadata";
constexpr std::string_view stage_annotation = "nodewall.io/stage";

} // namespace

bool read_stage(const dom::value& annotations) {
    const auto stage = annotations[stage_annotation];
    const auto text = stage.text();
    if (stage.is_text() && text != "true" && text != "false")
        stage.complain(fmt::format("is '{}', not true or false", text));
    return text == "true";
}

bool read_stored_metadata(const dom::value& metadata, model::label_set& labels) {
    const auto annotations = metadata["annotations"];
    const auto field = annotations[kept_in];
    const auto json = field.text();
    if (json.empty())
        return read_stage(annotations);
    auto parser = dom::make_parser(limits::frame_bytes_max);
    const auto parsed = dom::parse(parser, json);
    if (!parsed) {
        field.complain(fmt::format("is {}", parsed.error().message()));
        return read_stage(annotations);
    }
    dom::complaints faults;
    const dom::value kept(*parsed, faults);
    auto all = read_labels(kept["labels"]);
    for (const auto& [key, text] : labels)
        all.add_if_absent(key, text);
    labels = std::move(all);
    const auto written = kept["annotations"];
    const bool staged =
        written.has(stage_annotation) ? read_stage(written) : read_stage(annotations);
    if (faults.any())
        field.complain(faults.first().detail());
    return staged;
}

} // namespace nodewall::codec
