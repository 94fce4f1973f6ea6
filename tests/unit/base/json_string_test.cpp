#include "base/json_string.hpp"

#include <gtest/gtest.h>

namespace nodewall {
namespace {

std::string written(std::string_view text) {
    std::string to = "x";
    append_json_string(text, to);
    return to.substr(1);
}

TEST(JsonString, HasOneSpelling) {
    EXPECT_EQ(written(""), R"("")");
    EXPECT_EQ(written("plain \xc3\xa4 / \x7f"), "\"plain \xc3\xa4 / \x7f\"");
    EXPECT_EQ(written("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(written("\n\t\r\b\x1f"), R"("\n\t\u000d\u0008\u001f")");
    EXPECT_EQ(written(std::string_view("\0", 1)), R"("\u0000")");
}

} // namespace
} // namespace nodewall
