#include "base/near_miss.hpp"

#include <gtest/gtest.h>

namespace nodewall {
namespace {

const std::vector<std::string> known{"alwaysAdmit", "db", "log", "logLevel", "vitalPorts"};

TEST(NearMiss, AWordAtMostTwoEditsAwayIsMeant) {
    EXPECT_EQ(near_miss("vitalPort", known), "vitalPorts");
    EXPECT_EQ(near_miss("vitlaPorts", known), "vitalPorts") << "two neighbours exchanged";
    EXPECT_EQ(near_miss("LogLevel", known), "logLevel");
    EXPECT_EQ(near_miss("lg", known), "log");
    EXPECT_EQ(near_miss("logs", known), "log");
}

TEST(NearMiss, AWordFurtherAwayIsNotGuessed) {
    EXPECT_EQ(near_miss("vital", known), "");
    EXPECT_EQ(near_miss("x", known), "");
    EXPECT_EQ(near_miss("", known), "");
    EXPECT_EQ(near_miss("xy", known), "") << "nothing of it would be left";
    EXPECT_EQ(near_miss(std::string(100000, 'a'), {std::string(100000, 'a') + "b"}), "");
}

TEST(NearMiss, TheNearestIsNamed) {
    EXPECT_EQ(near_miss("lo", {"logs", "log"}), "log");
    EXPECT_EQ(did_you_mean("vitalPort", known), " (did you mean vitalPorts?)");
    EXPECT_EQ(did_you_mean("nonsense", known), "");
}

} // namespace
} // namespace nodewall
