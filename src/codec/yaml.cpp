#include "codec/yaml.hpp"

#include "base/limits.hpp"
#include "codec/dom.hpp"
#include "codec/encoding.hpp"
#include "codec/yaml_builder.hpp"

#include <fmt/core.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>

namespace nodewall::codec {

namespace {

/// Reads a text where it lies.
class view_buffer : public std::streambuf {
public:
    explicit view_buffer(std::string_view text) {
        auto* const begin =
            const_cast<char*>(text.data()); // never written: no pbackfail, no put area
        setg(begin, begin, begin + text.size());
    }
};

/// yaml-cpp takes any bytes; YAML has neither control characters nor broken UTF-8.
result<void> check_characters(std::string_view text) {
    const auto forbidden = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
    };
    const auto at = std::find_if(text.begin(), text.end(), forbidden);
    if (at != text.end())
        return error(errc::not_yaml, fmt::format("line {}: a control character",
                                                 1 + std::count(text.begin(), at, '\n')));
    if (!simdjson::validate_utf8(text.data(), text.size()))
        return error(errc::not_yaml, "invalid UTF-8");
    return {};
}

} // namespace

result<std::vector<boost::json::value>> parse_yaml(std::string_view text) {
    if (text.size() > limits::manifest_bytes_max)
        return error(errc::too_large, fmt::format("{} bytes of YAML", text.size()));
    std::string storage;
    const auto plain = as_plain_utf8(text, storage);
    if (!plain)
        return plain.error();
    text = *plain;
    if (auto checked = check_characters(text); !checked)
        return checked.error();
    view_buffer buffer(text);
    std::istream stream(&buffer);
    std::vector<boost::json::value> documents;
    try {
        YAML::Parser parser(stream);
        yaml_builder builder(text);
        while (parser.HandleNextDocument(builder))
            if (auto document = builder.take_document(); !document.is_null())
                documents.push_back(std::move(document));
    } catch (const YAML::Exception& failure) {
        return error(errc::not_yaml,
                     fmt::format("line {}: {}", failure.mark.line + 1, failure.msg));
    }
    return documents;
}

} // namespace nodewall::codec
