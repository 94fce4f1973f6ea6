#include "agent/observe/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace nodewall::agent {
namespace {

TEST(Histogram, ABoundBelongsToItsBucketAndWhatIsOverAllIsCountedToo) {
    histogram h;
    h.record(0ns);
    h.record(50us);
    h.record(50us + 1ns);
    h.record(10s);
    h.record(10s + 1ns, 3);
    const auto f = h.stats();
    EXPECT_EQ(f.counts.at(0), 2U);
    EXPECT_EQ(f.counts.at(1), 1U);
    EXPECT_EQ(f.counts.at(histogram_bounds.size() - 1), 1U);
    EXPECT_EQ(f.counts.back(), 3U);
    EXPECT_EQ(f.count(), 7U);
    EXPECT_EQ(f.sum, 100us + 1ns + 40s + 3ns);
}

TEST(Histogram, ANegativeTimeCountsAsNone) {
    histogram h;
    h.record(-5s);
    EXPECT_EQ(h.stats().counts.at(0), 1U);
    EXPECT_EQ(h.stats().sum, 0ns);
}

TEST(Histogram, TheBoundsRiseFromFiftyMicrosecondsToTenSeconds) {
    EXPECT_TRUE(std::is_sorted(histogram_bounds.begin(), histogram_bounds.end()));
    EXPECT_EQ(histogram_bounds.front(), 50us);
    EXPECT_EQ(histogram_bounds.back(), 10s);
}

TEST(Histogram, ThreadsThatRecordAtOnceLoseNothing) {
    histogram h;
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 10000; ++i)
                h.record(1ms);
        });
    for (auto& t : threads)
        t.join();
    EXPECT_EQ(h.stats().count(), 40000U);
    EXPECT_EQ(h.stats().sum, 40s);
}

} // namespace
} // namespace nodewall::agent
