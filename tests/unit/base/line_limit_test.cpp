#include "base/line_limit.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

namespace nodewall {
namespace {

using namespace std::chrono_literals;

class LineLimit : public testing::Test {
protected:
    std::size_t printed(std::string_view form, std::size_t lines, line_limit::instant at,
                        log_level level = log_level::warning) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < lines; ++i)
            count += limit.admit(level, form, std::string(form) + std::to_string(i), at) ? 1 : 0;
        return count;
    }
    line_limit limit;
};

TEST_F(LineLimit, AnEqualLineIsCountedWithinTheWindowAndPrintedAfterIt) {
    EXPECT_TRUE(limit.admit(log_level::info, "f {}", "f 1", 0s));
    EXPECT_FALSE(limit.admit(log_level::info, "f {}", "f 1", 9s));
    EXPECT_TRUE(limit.take_left_out(9s).empty()) << "the window is not over";
    const auto told = limit.take_left_out(10s);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].form, "f {}");
    EXPECT_EQ(told[0].count, 1U);
    EXPECT_TRUE(limit.take_left_out(10s).empty()) << "each count is told once";
    EXPECT_TRUE(limit.admit(log_level::info, "f {}", "f 1", 10s));
}

TEST_F(LineLimit, DistinctLinesOfOneFormAreLimitedAndCounted) {
    EXPECT_EQ(printed("policy {}", 5000, 1s), limits::log_lines_of_a_form_max);
    EXPECT_EQ(printed("another {}", 1, 1s), 1U) << "another form is not held back by it";
    const auto told = limit.take_left_out(11s);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].count, 5000U - limits::log_lines_of_a_form_max);
}

TEST_F(LineLimit, AllFormsTogetherAreLimited) {
    std::size_t lines = 0;
    for (int form = 0; form < 100; ++form)
        lines += printed("form " + std::to_string(form), 10, 1s);
    EXPECT_EQ(lines, limits::log_lines_max);
    std::size_t missing = 0;
    for (const auto& f : limit.take_left_out(12s))
        missing += f.count;
    EXPECT_EQ(missing, 1000U - limits::log_lines_max);
}

TEST_F(LineLimit, ACountHasTheSeverityOfTheWorstLine) {
    printed("f {}", limits::log_lines_of_a_form_max, 1s, log_level::info);
    limit.admit(log_level::error, "f {}", "x", 1s);
    limit.admit(log_level::info, "f {}", "y", 1s);
    const auto told = limit.take_all_left_out();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].level, log_level::error);
    EXPECT_EQ(told[0].count, 2U);
}

TEST_F(LineLimit, AClockThatStepsBackBeginsANewWindow) {
    EXPECT_EQ(printed("f {}", 30, 1000s), limits::log_lines_of_a_form_max);
    EXPECT_EQ(printed("f {}", 30, 1s), limits::log_lines_of_a_form_max);
}

} // namespace
} // namespace nodewall
