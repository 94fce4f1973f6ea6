#include "kube/frame_splitter.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace nodewall::kube {
namespace {

using frames = std::vector<std::string>;

/// Feeds `text` in chunks that end where `cuts` says.
frames split(std::string_view text, const std::vector<std::size_t>& cuts) {
    frame_splitter splitter;
    frames seen;
    const auto visit = [&](std::string_view frame) {
        seen.emplace_back(frame);
        return true;
    };
    std::size_t begin = 0;
    for (const auto end : cuts) {
        EXPECT_TRUE(splitter.feed(text.substr(begin, end - begin), visit));
        begin = end;
    }
    EXPECT_TRUE(splitter.feed(text.substr(begin), visit));
    return seen;
}

TEST(FrameSplitter, EveryWayOfCuttingGivesTheSameFrames) {
    const std::string text = "{\"a\":1}\n\n{}\r\n{\"b\":\"\\n\"}\nlast\n";
    const frames expected{"{\"a\":1}", "{}", "{\"b\":\"\\n\"}", "last"};
    for (std::size_t first = 0; first <= text.size(); ++first)
        for (auto second = first; second <= text.size(); ++second)
            ASSERT_EQ(split(text, {first, second}), expected) << first << ' ' << second;
    std::vector<std::size_t> each_byte;
    for (std::size_t i = 1; i < text.size(); ++i)
        each_byte.push_back(i);
    EXPECT_EQ(split(text, each_byte), expected);
}

TEST(FrameSplitter, RandomFramesInRandomChunks) {
    const unsigned seed = testing::UnitTest::GetInstance()->random_seed();
    SCOPED_TRACE(seed);
    std::mt19937 chance(seed);
    for (int round = 0; round < 200; ++round) {
        frames expected;
        std::string text;
        for (auto n = chance() % 20; n > 0; --n)
            text += expected.emplace_back(1 + chance() % 300, static_cast<char>('a' + n)) + "\n";
        std::vector<std::size_t> cuts;
        for (std::size_t at = 0; at < text.size(); at += chance() % 100)
            cuts.push_back(at);
        ASSERT_EQ(split(text, cuts), expected);
    }
}

TEST(FrameSplitter, SaysWhetherAFrameWasCut) {
    frame_splitter splitter;
    const auto visit = [](std::string_view) { return true; };
    ASSERT_TRUE(splitter.feed("{}\n", visit));
    EXPECT_FALSE(splitter.cut());
    ASSERT_TRUE(splitter.feed("{", visit));
    EXPECT_TRUE(splitter.cut());
}

TEST(FrameSplitter, AFrameOverTheLimitIsAnErrorBeforeItEnds) {
    const auto visit = [](std::string_view frame) {
        EXPECT_EQ(frame.size(), limits::frame_bytes_max);
        return true;
    };
    const std::string largest(limits::frame_bytes_max, 'x');
    frame_splitter splitter;
    EXPECT_TRUE(splitter.feed(largest, visit));
    EXPECT_TRUE(splitter.feed("\n", visit));
    EXPECT_TRUE(splitter.feed(largest, visit));
    EXPECT_TRUE(splitter.feed("x", visit).error().is(errc::frame_too_large));
}

TEST(FrameSplitter, AVisitorCanEndIt) {
    frame_splitter splitter;
    int seen = 0;
    ASSERT_TRUE(splitter.feed("a\nb\nc\n", [&](std::string_view) { return ++seen < 2; }));
    EXPECT_EQ(seen, 2);
}

} // namespace
} // namespace nodewall::kube
