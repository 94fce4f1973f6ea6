#include "async/pipe.hpp"

#include "run.hpp"

#include <gtest/gtest.h>

#include <array>

namespace nodewall::async {
namespace {

awaitable<result<std::string>> read_once(byte_stream& from) {
    std::array<char, 4> buffer{};
    auto count = co_await from.async_read_some(buffer);
    if (!count)
        co_return count.error();
    co_return std::string(buffer.data(), *count);
}

TEST(Pipe, CarriesBytesBothWaysInPieces) {
    world w;
    auto [a, b] = make_pipe();
    ASSERT_TRUE(run(w, write_all(*a, "request")));
    ASSERT_TRUE(run(w, write_all(*b, "ok")));
    EXPECT_EQ(run(w, read_once(*b)).value(), "requ");
    EXPECT_EQ(run(w, read_once(*b)).value(), "est");
    EXPECT_EQ(run(w, read_once(*a)).value(), "ok");
}

TEST(Pipe, AClosedEndIsReadToItsEndAndRefusesWrites) {
    world w;
    auto [a, b] = make_pipe();
    ASSERT_TRUE(run(w, write_all(*a, "bye")));
    a.reset();
    EXPECT_EQ(run(w, read_once(*b)).value(), "bye");
    EXPECT_EQ(run(w, read_once(*b)).value(), "");
    EXPECT_TRUE(run(w, write_all(*b, "hello?")).has_error());
}

awaitable<void> discard(awaitable<result<std::string>> work) {
    co_await std::move(work);
}

TEST(Pipe, AReadThatWaitsCanBeCancelled) {
    world w;
    auto [a, b] = make_pipe();
    running reader(w, discard(read_once(*a)));
    w.context.poll();
    reader.cancel();
    w.context.restart();
    w.context.poll();
    EXPECT_TRUE(reader.cancelled());
}

} // namespace
} // namespace nodewall::async
