#include "codec/dom.hpp"

#include "base/limits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <new>

namespace nodewall::codec::dom {

namespace {

constexpr const char* empty = ""; // never a null pointer

/// Cut between two characters.
void shorten(std::string& text, std::size_t bytes_max) {
    constexpr std::string_view ellipsis = "...";
    if (text.size() <= bytes_max)
        return;
    auto end = bytes_max - ellipsis.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    text.resize(end);
    text += ellipsis;
}

} // namespace

void complaints::note(errc what, std::string detail) {
    ++noted_;
    if (kept_.size() == limits::complaints_max)
        return;
    shorten(detail, limits::complaint_bytes_max);
    if (std::none_of(kept_.begin(), kept_.end(),
                     [&](const error& other) { return other.detail() == detail; }))
        kept_.emplace_back(what, std::move(detail));
}

std::vector<std::string> complaints::details() const {
    std::vector<std::string> details;
    details.reserve(kept_.size());
    for (const auto& complaint : kept_)
        details.push_back(complaint.detail());
    return details;
}

std::string_view value::text() const {
    std::string_view text = empty;
    if (present())
        mistyped(element_->get(text), "is not a string");
    return text;
}

bool value::boolean() const {
    bool flag = false;
    if (present())
        mistyped(element_->get(flag), "is not a boolean");
    return flag;
}

std::int64_t value::integer(std::int64_t least, std::int64_t most) const {
    std::int64_t number = 0;
    if (!present() || mistyped(element_->get(number), "is not an integer"))
        return 0;
    if (number >= least && number <= most)
        return number;
    complain(fmt::format("is {}, not {} to {}", number, least, most));
    return 0;
}

double value::number() const {
    double number = 0;
    if (present())
        mistyped(element_->get(number), "is not a number");
    return number;
}

void value::require() const {
    if (!present())
        complain("is missing");
}

void value::require_only(std::initializer_list<std::string_view> known) const {
    require();
    each_field([&](std::string_view key, const value& field) {
        if (field.present() && std::find(known.begin(), known.end(), key) == known.end())
            field.complain("is not understood");
    });
}

void value::complain(std::string_view what, errc code) const {
    const auto where = path();
    sink_->note(code, fmt::format("{}{}{}", where, where.empty() ? "the value " : " ", what));
}

std::string value::path() const {
    if (parent_ == nullptr)
        return {};
    auto path = parent_->path();
    if (index_ != no_index)
        return path += fmt::format("[{}]", index_);
    if (!path.empty())
        path += '.';
    return path += key_;
}

simdjson::dom::parser make_parser(std::size_t bytes_max) {
    simdjson::dom::parser parser(bytes_max);
    if (parser.allocate(0, limits::json_depth_max) != simdjson::SUCCESS)
        throw std::bad_alloc();
    return parser;
}

result<element> parse(simdjson::dom::parser& parser, std::string_view json) {
    element root;
    const auto failure = parser.parse(json.data(), json.size()).get(root);
    switch (failure) {
    case simdjson::SUCCESS:
        return root;
    case simdjson::CAPACITY:
        return error(errc::too_large,
                     fmt::format("{} bytes, at most {}", json.size(), parser.max_capacity()));
    case simdjson::DEPTH_ERROR:
        return error(errc::too_deep, fmt::format("nests deeper than {}", limits::json_depth_max));
    case simdjson::MEMALLOC:
        throw std::bad_alloc();
    default:
        return error(errc::not_json, simdjson::error_message(failure));
    }
}

} // namespace nodewall::codec::dom
