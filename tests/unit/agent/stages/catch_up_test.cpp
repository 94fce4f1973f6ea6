#include "agent/stages/catch_up.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

namespace nodewall::agent {
namespace {

using namespace std::chrono_literals;
using streams = catch_up::streams;

constexpr std::size_t all = 6;

TEST(CatchUp, AFirstListIsWaitedForHoweverLongItTakes) {
    catch_up gate(0s);
    EXPECT_FALSE(gate.open({.all = all, .settled = 5, .every_one_listed = false}, 0s));
    EXPECT_FALSE(gate.open({.all = all, .settled = 5, .every_one_listed = false}, 24h));
    EXPECT_FALSE(gate.deadline()) << "time alone does not open it";
}

TEST(CatchUp, ItIsOpenOnceEveryStreamHasCaughtUp) {
    catch_up gate(0s);
    EXPECT_TRUE(gate.open({.all = all, .settled = all, .every_one_listed = true}, 1ms));
    EXPECT_FALSE(gate.deadline());
}

TEST(CatchUp, AfterARestartItWaitsForTheStreamsAndNotLongerThanTheLimit) {
    catch_up gate(1h);
    const streams some{.all = all, .settled = 3, .every_one_listed = true};
    EXPECT_FALSE(gate.open(some, 1h));
    EXPECT_EQ(gate.deadline(), 1h + limits::catch_up_max);
    EXPECT_FALSE(gate.open(some, 1h + limits::catch_up_max - 1ns));
    EXPECT_TRUE(gate.open(some, 1h + limits::catch_up_max));
    EXPECT_FALSE(gate.deadline());
}

TEST(CatchUp, AStreamThatFailsLaterDoesNotHoldUpTheOthers) {
    catch_up gate(0s);
    ASSERT_TRUE(gate.open({.all = all, .settled = all, .every_one_listed = true}, 1s));
    EXPECT_TRUE(gate.open({.all = all, .settled = 5, .every_one_listed = true}, 1h));
}

TEST(CatchUp, TheFirstStreamBackAfterAnOutageOfAllIsWaitedWith) {
    catch_up gate(0s);
    ASSERT_TRUE(gate.open({.all = all, .settled = all, .every_one_listed = true}, 1s));
    gate.open({.all = all, .settled = 0, .every_one_listed = true}, 1h);
    EXPECT_FALSE(gate.open({.all = all, .settled = 1, .every_one_listed = true}, 2h));
    EXPECT_EQ(gate.deadline(), 2h + limits::catch_up_max);
    EXPECT_TRUE(gate.open({.all = all, .settled = all, .every_one_listed = true}, 2h + 1s));
}

} // namespace
} // namespace nodewall::agent
