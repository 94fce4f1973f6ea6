// Hosts with several addresses: real sockets on loopback.
#include "http/connect.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <chrono>
#include <list>
#include <optional>

namespace nodewall::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

struct HttpConnect : testing::Test {
    asio::io_context context;
    async::real_clock time;
    std::list<tcp::acceptor> doors;
    std::list<tcp::socket> waiting;

    tcp::endpoint listening(int backlog = 5) {
        auto& door = doors.emplace_back(context);
        door.open(tcp::v4());
        door.bind({asio::ip::address_v4::loopback(), 0});
        door.listen(backlog);
        return door.local_endpoint();
    }
    /// Its queue is full, so the kernel drops what asks for a connection: no answer comes at all.
    tcp::endpoint dead() {
        const auto where = listening(0);
        for (int i = 0; i < 2; ++i) {
            auto& socket = waiting.emplace_back(context, tcp::v4());
            socket.native_non_blocking(true);
            (void)::connect(socket.native_handle(), where.data(),
                            static_cast<socklen_t>(where.size()));
        }
        return where;
    }
    tcp::endpoint refusing() {
        const auto where = listening();
        doors.pop_back();
        return where;
    }

    async::awaitable<void> reach(std::vector<tcp::endpoint> addresses, std::size_t first,
                                 std::optional<result<tcp::socket>>& outcome) {
        outcome.emplace(co_await connect_any(std::move(addresses), first, time));
    }
    result<tcp::endpoint> reached(std::vector<tcp::endpoint> addresses, std::size_t first = 0) {
        std::optional<result<tcp::socket>> outcome;
        asio::co_spawn(context, reach(std::move(addresses), first, outcome),
                       [](const std::exception_ptr& problem) { ASSERT_FALSE(problem); });
        const auto begun = std::chrono::steady_clock::now();
        context.restart();
        context.run_for(20s);
        took = std::chrono::steady_clock::now() - begun;
        if (!outcome)
            return error(errc::timed_out);
        if (!*outcome)
            return outcome->error();
        return (**outcome).remote_endpoint();
    }
    std::chrono::nanoseconds took{};
};

TEST_F(HttpConnect, ADeadAddressCostsAQuarterOfASecond) {
    const auto alive = listening();
    EXPECT_EQ(reached({dead(), alive}).value(), alive);
    EXPECT_GE(took, 200ms);
    EXPECT_LT(took, 2s);
}

TEST_F(HttpConnect, SeveralDeadOnesCostAsMuchEach) {
    const auto alive = listening();
    EXPECT_EQ(reached({dead(), dead(), dead(), alive}).value(), alive);
    EXPECT_LT(took, 4s);
}

TEST_F(HttpConnect, OneThatRefusesCostsNothing) {
    const auto alive = listening();
    EXPECT_EQ(reached({refusing(), refusing(), refusing(), alive}).value(), alive);
    EXPECT_LT(took, 200ms);
}

TEST_F(HttpConnect, BeginsWithTheOneItIsTold) {
    const std::vector<tcp::endpoint> all{listening(), listening(), listening()};
    for (std::size_t first = 0; first < 7; ++first)
        EXPECT_EQ(reached(all, first).value(), all[first % 3]) << first;
}

TEST_F(HttpConnect, WhereNoneTakesItTheLastProblemIsTold) {
    const auto got = reached({refusing(), refusing()});
    ASSERT_TRUE(got.has_error());
    EXPECT_TRUE(got.error().is(errc::cannot_connect));
    EXPECT_NE(got.error().message().find("refused"), std::string::npos) << got.error().message();
}

TEST_F(HttpConnect, FamiliesTakeTurns) {
    boost::system::error_code none;
    tcp::acceptor six(context);
    six.open(tcp::v6(), none);
    if (!none)
        six.bind({asio::ip::address_v6::loopback(), 0}, none);
    if (none)
        GTEST_SKIP() << "no IPv6 here";
    six.listen();
    const auto alive = six.local_endpoint();
    EXPECT_EQ(reached({dead(), dead(), dead(), alive}).value(), alive);
    EXPECT_LT(took, 450ms) << "the second one that is tried";
}

} // namespace
} // namespace nodewall::http
