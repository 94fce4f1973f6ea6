#include "codec/body_writer.hpp"

#include "base/json_string.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace nodewall::codec {

namespace {

const keep* rule_for(const shape& kept, std::string_view key) {
    for (const auto& rule : kept.fields)
        if (rule.key == key)
            return &rule;
    return nullptr;
}

std::string_view text_field(dom::element object, std::string_view key) {
    std::string_view text;
    return object.at_key(key).get(text) ? std::string_view{} : text;
}

} // namespace

void body_writer::write(dom::element root, const shape& kept, std::string_view api_version,
                        std::string_view kind) {
    text_.clear();
    text_.reserve(2048);
    repeated_.reset();
    fields_.clear();
    fields_.reserve(64);
    if (!root.is_object())
        return value(root, kept);
    push_fields(simdjson::dom::object(root), kept);
    if (!api_version.empty() && root["apiVersion"].error() && root["kind"].error()) {
        fields_.push_back(
            {.key = "apiVersion", .value = {}, .rule = nullptr, .literal = api_version});
        fields_.push_back({.key = "kind", .value = {}, .rule = nullptr, .literal = kind});
    }
    pop_object(0);
}

void body_writer::value(dom::element v, const shape& kept) {
    switch (v.type()) {
    case simdjson::dom::element_type::OBJECT:
        return object(simdjson::dom::object(v), kept);
    case simdjson::dom::element_type::ARRAY:
        return array(simdjson::dom::array(v), kept);
    case simdjson::dom::element_type::STRING:
        return append_json_string(std::string_view(v), text_);
    case simdjson::dom::element_type::INT64:
        return integer(std::int64_t(v));
    case simdjson::dom::element_type::UINT64:
        return integer(std::uint64_t(v));
    case simdjson::dom::element_type::DOUBLE:
        return number(double(v));
    case simdjson::dom::element_type::BOOL:
        text_ += bool(v) ? "true" : "false";
        return;
    case simdjson::dom::element_type::NULL_VALUE:
        text_ += "null";
    }
}

void body_writer::array(simdjson::dom::array items, const shape& kept) {
    text_ += '[';
    bool first = true;
    for (const auto item : items) {
        if (!std::exchange(first, false))
            text_ += ',';
        value(item, kept);
    }
    text_ += ']';
}

void body_writer::object(simdjson::dom::object fields, const shape& kept) {
    const auto first = fields_.size();
    push_fields(fields, kept);
    pop_object(first);
}

void body_writer::push_fields(simdjson::dom::object fields, const shape& kept) {
    for (const auto [key, v] : fields) {
        const auto* rule = rule_for(kept, key);
        if (rule != nullptr || kept.others)
            fields_.push_back({.key = key, .value = v, .rule = rule, .literal = {}});
    }
}

void body_writer::pop_object(std::size_t first) {
    const auto begin = fields_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto by_key = [](const field& a, const field& b) { return a.key < b.key; };
    if (!std::is_sorted(begin, fields_.end(), by_key))
        std::sort(begin, fields_.end(), by_key);
    text_ += '{';
    for (std::size_t i = first, end = fields_.size(); i < end; ++i) {
        const auto f = fields_[i]; // a copy: writing its value pushes to the stack
        if (i != first) {
            text_ += ',';
            if (fields_[i - 1].key == f.key)
                repeated_.emplace(f.key);
        }
        append_json_string(f.key, text_);
        text_ += ':';
        field_value(f);
    }
    text_ += '}';
    fields_.resize(first);
}

void body_writer::field_value(const field& f) {
    if (f.literal.data() != nullptr)
        return append_json_string(f.literal, text_);
    const auto& below = f.rule != nullptr && f.rule->below != nullptr ? *f.rule->below : whole;
    const auto as = f.rule != nullptr ? f.rule->as : keep::how::shaped;
    if (as == keep::how::last_manager && f.value.is_array())
        last_manager(f.value);
    else if (as == keep::how::ready_condition && f.value.is_array())
        ready_conditions(f.value, below);
    else
        value(f.value, below);
}

/// The server writes all times in one format, so their texts sort as they do; a later entry wins.
void body_writer::last_manager(dom::element managed_fields) {
    std::string_view manager;
    std::string_view latest;
    for (const auto entry : simdjson::dom::array(managed_fields)) {
        const auto time = text_field(entry, "time");
        const auto name = text_field(entry, "manager");
        if (!name.empty() && time >= latest) {
            manager = name;
            latest = time;
        }
    }
    text_ += '[';
    if (!manager.empty()) {
        text_ += R"({"manager":)";
        append_json_string(manager, text_);
        text_ += '}';
    }
    text_ += ']';
}

void body_writer::ready_conditions(dom::element conditions, const shape& kept) {
    text_ += '[';
    bool first = true;
    for (const auto condition : simdjson::dom::array(conditions)) {
        if (text_field(condition, "type") != "Ready")
            continue;
        if (!std::exchange(first, false))
            text_ += ',';
        value(condition, kept);
    }
    text_ += ']';
}

/// The shortest text that reads back as the same number, never one that reads as an integer too
/// large for a parser.
void body_writer::number(double number) {
    std::array<char, 32> digits{};
    const auto format =
        std::abs(number) < 1e15 ? std::chars_format::general : std::chars_format::scientific;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                   number == 0 ? 0.0 : number, format);
    text_.append(digits.data(), end.ptr);
}

template <class Integer> void body_writer::integer(Integer number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    text_.append(digits.data(), end.ptr);
}

} // namespace nodewall::codec
