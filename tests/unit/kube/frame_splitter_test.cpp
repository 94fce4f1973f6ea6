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
    const auto visit = [&](const frame_splitter::frame& frame) {
        seen.emplace_back(frame.text);
        return true;
    };
    std::size_t begin = 0;
    for (const auto end : cuts) {
        splitter.feed(text.substr(begin, end - begin), visit);
        begin = end;
    }
    splitter.feed(text.substr(begin), visit);
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
    const auto visit = [](const frame_splitter::frame&) { return true; };
    splitter.feed("{}\n", visit);
    EXPECT_FALSE(splitter.cut());
    splitter.feed("{", visit);
    EXPECT_TRUE(splitter.cut());
}

TEST(FrameSplitter, AFrameOverTheLimitPassesByAndTheNextOneIsRead) {
    struct seen {
        std::size_t text, bytes;
        std::string who;
    };
    std::vector<seen> all;
    const auto visit = [&](const frame_splitter::frame& frame) {
        all.push_back({frame.text.size(), frame.bytes,
                       frame.who == nullptr ? "" : frame.who->event_type + " " + frame.who->name});
        return true;
    };
    const std::string largest(limits::frame_bytes_max, 'x');
    frame_splitter splitter;
    splitter.feed(largest, visit);
    splitter.feed("\n", visit);
    const std::string begin = R"({"type":"ADDED","object":{"metadata":{"name":")";
    splitter.feed(begin, visit);
    splitter.feed("big\",\"x\":\"", visit);
    for (int i = 0; i < 4; ++i)
        splitter.feed(largest, visit);
    splitter.feed("\"}}}\n{}\n", visit);
    EXPECT_FALSE(splitter.cut());
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].text, limits::frame_bytes_max);
    EXPECT_EQ(all[1].text, 0U);
    EXPECT_GT(all[1].bytes, 4 * limits::frame_bytes_max);
    EXPECT_EQ(all[1].who, "ADDED big");
    EXPECT_EQ(all[2].text, 2U);
}

TEST(FrameSplitter, AVisitorCanEndIt) {
    frame_splitter splitter;
    int seen = 0;
    splitter.feed("a\nb\nc\n", [&](const frame_splitter::frame&) { return ++seen < 2; });
    EXPECT_EQ(seen, 2);
}

} // namespace
} // namespace nodewall::kube
