#include "base/text.hpp"

#include <gtest/gtest.h>

namespace nodewall {
namespace {

TEST(Printable, LeavesWhatIsText) {
    const std::string text = "shop/web \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 \\x1b";
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, NothingSteersATerminal) {
    EXPECT_EQ(printable("a\x1b[2Jb\tc\r\nd\x7f"), "a\\x1b[2Jb\\x09c\\x0d\\x0ad\\u007f");
    EXPECT_EQ(printable("\xc2\x9b"
                        "31m\xc2\x85"),
              "\\u009b31m\\u0085")
        << "C1 as UTF-8";
    EXPECT_EQ(printable("\x9b"
                        "31m\xff\xc3"),
              "\\x9b31m\\xff\\xc3")
        << "C1 as bytes";
    EXPECT_EQ(printable("\xc0\x9b\xe0\x82"), "\\xc0\\x9b\\xe0\\x82") << "too long a spelling";
}

TEST(Printable, NothingTurnsTheDirectionOfWriting) {
    EXPECT_EQ(printable("a\xe2\x80\xae"
                        "b\xe2\x81\xa6"
                        "c\xe2\x80\x8f\xd8\x9c\xe2\x80\xa8"),
              "a\\u202eb\\u2066c\\u200f\\u061c\\u2028");
}

TEST(Printable, TwiceIsOnce) {
    const auto once = printable("\x1b\xc2\x9b\xe2\x80\xae");
    EXPECT_EQ(printable(once), once);
}

TEST(Printable, LinesStayLines) {
    EXPECT_EQ(printable_lines("a\nb\x1b\n"), "a\nb\\x1b\n");
    EXPECT_EQ(printable_lines("{\"a\":\"\xc2\x9b\x7f\"}"), R"({"a":"\u009b\u007f"})")
        << "still JSON";
}

} // namespace
} // namespace nodewall
