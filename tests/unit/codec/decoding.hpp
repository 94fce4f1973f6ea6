// Short ways to decode an object in a test.
#pragma once

#include "codec/json_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace nodewall::codec::testing {

/// {"metadata":{"name":"web","namespace":"shop"},REST}
inline std::string object(std::string_view rest) {
    std::string json = R"({"metadata":{"name":"web","namespace":"shop"})";
    if (!rest.empty())
        json.append(",").append(rest);
    return json + "}";
}

template <class Object> model::kind kind_for() {
    return static_cast<model::kind>(model::object(Object{}).index());
}

template <class Object> Object decode(std::string_view json) {
    auto decoded = json_reader().decode(kind_for<Object>(), json);
    EXPECT_TRUE(decoded.has_value()) << decoded.error().message() << "\n" << json;
    return decoded ? std::get<Object>(*decoded) : Object{};
}

/// The parts of the object that decode leaves out.
template <class Object> std::vector<std::string> left_out(std::string_view json) {
    return decode<Object>(json).meta.not_understood;
}

/// What decode says against the object.
template <class Object> error refusal(std::string_view json) {
    const auto decoded = json_reader().decode(kind_for<Object>(), json);
    EXPECT_FALSE(decoded.has_value()) << json;
    return decoded ? error() : decoded.error();
}

inline model::label_set labels(std::vector<std::pair<std::string, std::string>> pairs) {
    return model::label_set(std::move(pairs));
}
inline model::ip_address ip(std::string_view text) {
    return model::ip_address::parse(text).value();
}
inline model::cidr block(std::string_view text) {
    return model::cidr::parse(text).value();
}

} // namespace nodewall::codec::testing
