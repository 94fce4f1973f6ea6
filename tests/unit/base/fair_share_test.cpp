#include "base/fair_share.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace nodewall {
namespace {

TEST(FairShare, GivesEverybodyWhatTheyAskForWhereItFits) {
    EXPECT_EQ(fair_share({}, 0), SIZE_MAX);
    EXPECT_EQ(fair_share({3, 4, 3}, 10), SIZE_MAX);
}

TEST(FairShare, TakesFromThoseWhoAskForMost) {
    EXPECT_EQ(fair_share({1000, 2, 3}, 15), 10U);
    EXPECT_EQ(fair_share({1000, 1000, 5}, 15), 5U);
    EXPECT_EQ(fair_share({7, 7, 7}, 20), 6U);
    EXPECT_EQ(fair_share({5}, 0), 0U);
}

} // namespace
} // namespace nodewall
