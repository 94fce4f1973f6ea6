#include "codec/json_reader.hpp"

#include "base/limits.hpp"
#include "codec/observe.hpp"

#include <fmt/core.h>

namespace nodewall::codec {

namespace {

/// An answer that is no complete page of this kind must never pass for an empty list.
void check_list(const kind_row& what, const dom::value& root) {
    const auto kind = root["kind"].text();
    const auto expected = fmt::format("{}List", what.object_kind);
    if (!kind.empty() && kind != expected)
        root.complain(fmt::format("is a {}, not a {}", kind, expected), errc::not_an_object);
    const auto metadata = root["metadata"];
    if (metadata["resourceVersion"].text().empty())
        root.complain("has no metadata.resourceVersion", errc::not_an_object);
    if (!root.has("items"))
        root.complain("has no items", errc::not_an_object);
}

} // namespace

result<list_page> json_reader::read_list_page(const kind_row& what, std::string_view json,
                                              body_mode mode) {
    // Lists are rare and large: their buffers go with the call.
    auto parser = dom::make_parser(limits::list_page_bytes_max);
    const auto parsed = dom::parse(parser, json);
    if (!parsed)
        return parsed.error().within(what.stream);
    dom::complaints faults;
    const dom::value root(*parsed, faults);
    check_list(what, root);
    const auto metadata = root["metadata"];
    list_page page{.resource_version = std::string(metadata["resourceVersion"].text()),
                   .continue_token = std::string(metadata["continue"].text()),
                   .objects = {}};
    const auto api_version = root["apiVersion"].text();
    const auto items = root["items"];
    std::optional<error> failure;
    items.each([&](const dom::value& item) {
        if (failure)
            return;
        item.require();
        if (faults.any())
            return;
        auto observed = observe_element(what, item.raw(), mode, api_version);
        if (observed)
            page.objects.push_back(std::move(*observed));
        else
            failure = observed.error().within(fmt::format("items[{}]", page.objects.size()));
    });
    if (failure)
        return *failure;
    if (faults.any())
        return faults.first().within(what.stream);
    return page;
}

} // namespace nodewall::codec
