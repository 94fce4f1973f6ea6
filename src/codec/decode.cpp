#include "codec/decode.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

namespace nodewall::codec {

model::object_key read_key(const kind_row& what, const dom::value& object) {
    const auto metadata = object["metadata"];
    if (!metadata.present())
        metadata.complain("is missing", errc::no_metadata);
    const auto read = [](const dom::value& field) {
        const auto text = field.text();
        if (text.empty())
            field.complain("is missing", errc::no_metadata);
        return std::string(text);
    };
    model::object_key key;
    key.name = read(metadata["name"]);
    if (what.namespaced)
        key.namespace_ = read(metadata["namespace"]);
    return key;
}

std::string place_of(const kind_row& what, const model::object_key& key) {
    std::string place = what.stream;
    if (!key.name.empty())
        place.append(" ").append(key.to_string());
    return place;
}

timestamp read_time(const dom::value& when) {
    if (!when.present())
        return {};
    const auto time = parse_rfc3339(when.text());
    if (!time)
        when.complain(fmt::format("is {}", time.error().message()));
    return time ? *time : timestamp{};
}

model::label_set read_labels(const dom::value& map) {
    std::vector<std::pair<std::string, std::string>> pairs;
    map.each_field([&](std::string_view key, const dom::value& text) {
        const auto written = text.text();
        if (text.is_text() || !text.present())
            pairs.emplace_back(key, written);
    });
    return model::label_set(std::move(pairs));
}

model::protocol read_protocol(const dom::value& protocol) {
    const auto text = protocol.text();
    if (text.empty())
        return model::protocol::tcp;
    const auto parsed = model::parse_protocol(text);
    if (!parsed)
        protocol.complain(fmt::format("is '{}', not TCP, UDP or SCTP", text));
    return parsed.value_or(model::protocol::tcp);
}

std::string read_port_name(const dom::value& field) {
    const auto name = field.text();
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto allowed = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; };
    constexpr std::size_t size_max = 15;
    if (name.empty() || name.size() > size_max || name.front() == '-' || name.back() == '-' ||
        name.find("--") != std::string_view::npos ||
        !std::all_of(name.begin(), name.end(), allowed) ||
        std::none_of(name.begin(), name.end(), letter))
        field.complain(fmt::format("is the text '{}', which is no name of a port", name));
    return std::string(name);
}

std::uint16_t read_port(const dom::value& port) {
    return static_cast<std::uint16_t>(port.integer(1, std::numeric_limits<std::uint16_t>::max()));
}

void add_address(const dom::value& text, std::vector<model::ip_address>& to) {
    const auto written = text.text();
    if (written.empty())
        return;
    if (const auto address = model::ip_address::parse(written))
        to.push_back(*address);
    else
        text.complain(fmt::format("is {}", address.error().message()));
}

} // namespace nodewall::codec
