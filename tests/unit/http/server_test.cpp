// The HTTP server over pipes in memory and on virtual time, and its listening socket on loopback.
#include "http/server.hpp"

#include "../async/run.hpp"
#include "async/pipe.hpp"
#include "async/task_group.hpp"
#include "http/live_connections.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::http {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

async::awaitable<void> echo(const server_request& request, responder& out) {
    co_await out.send(200, "text/plain",
                      request.method + " " + request.target + " " + request.user_agent + " " +
                          request.body);
}

async::awaitable<void> two_chunks(const server_request&, responder& out) {
    co_await out.start(200, "text/plain");
    co_await out.write("first");
    co_await out.write("");
    co_await out.write("second chunk");
}

async::awaitable<void> wait_for_peer(const server_request&, responder& out) {
    co_await out.peer_gone();
}

async::awaitable<void> break_off(const server_request&, responder& out) {
    co_await out.start(200, "text/plain");
    out.abort();
}

async::awaitable<void> throw_something(const server_request&, responder&) {
    throw std::runtime_error("no such luck");
    co_return;
}

struct recording_logger final : logger {
    void write(log_level, std::string_view line) override { lines.emplace_back(line); }
    std::vector<std::string> lines;
};

/// One connection that is being served.
class served {
public:
    explicit served(request_handler handle, server_limits limits = {})
        : handle_(std::move(handle)),
          serving_(world_, serve_connection(*server_end_, handle_, {world_.time, log, limits})),
          collecting_(world_, collect()) {
        pass(0s);
    }

    void send(std::string text) {
        async::running sending(world_, write(std::move(text)));
        pass(0s);
    }
    void close() {
        client_end_->close();
        pass(0s);
    }
    void pass(async::nanoseconds time) { world_.time.run_for(world_.context, time); }

    bool ended() const { return serving_.ended(); }
    const std::string& received() const { return received_; }
    recording_logger log;

private:
    async::awaitable<void> write(std::string text) {
        co_await async::write_all(*client_end_, text);
    }
    async::awaitable<void> collect() {
        std::array<char, 1000> chunk;
        for (;;) {
            const auto count = co_await client_end_->async_read_some(chunk);
            if (!count || *count == 0)
                co_return;
            received_.append(chunk.data(), *count);
        }
    }

    async::world world_;
    std::pair<std::unique_ptr<async::byte_stream>, std::unique_ptr<async::byte_stream>> ends_ =
        async::make_pipe();
    std::unique_ptr<async::byte_stream>& client_end_ = ends_.first;
    std::unique_ptr<async::byte_stream>& server_end_ = ends_.second;
    std::string received_;
    request_handler handle_;
    async::running serving_;
    async::running collecting_;
};

TEST(HttpServer, HandsTheHandlerARequestThatComesByteByByte) {
    served connection(echo);
    for (const char byte : std::string_view("POST /a?b=c HTTP/1.1\r\nHost: x\r\nUser-Agent: me\r\n"
                                            "Content-Length: 4\r\n\r\nbody"))
        connection.send(std::string(1, byte));
    EXPECT_EQ(connection.received(), "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                     "Content-Length: 19\r\n\r\nPOST /a?b=c me body");
}

TEST(HttpServer, AnswersPipelinedRequestsInOrderOnOneConnection) {
    served connection(echo);
    connection.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(connection.received(), HasSubstr("GET /1"));
    EXPECT_THAT(connection.received(), EndsWith("GET /2  "));
    EXPECT_FALSE(connection.ended());
    connection.close();
    EXPECT_TRUE(connection.ended());
}

TEST(HttpServer, ClosesWhereTheClientAsksForIt) {
    served connection(echo);
    connection.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(connection.received(), HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(connection.ended());
}

TEST(HttpServer, SendsNoBodyInAnswerToHead) {
    served connection(echo);
    connection.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(connection.received(), EndsWith("\r\n\r\n"));
}

TEST(HttpServer, StreamsChunksAndEndsThem) {
    served connection(two_chunks);
    connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(connection.received(),
                EndsWith("Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\nc\r\nsecond chunk\r\n"
                         "0\r\n\r\n"));
    EXPECT_TRUE(connection.ended());
}

TEST(HttpServer, LeavesAnAbortedStreamUnended) {
    served connection(break_off);
    connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(connection.received(), EndsWith("chunked\r\n\r\n"));
    EXPECT_TRUE(connection.ended());
}

TEST(HttpServer, NoticesThatThePeerIsGoneWhileAHandlerRuns) {
    served connection(wait_for_peer);
    connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    connection.pass(1h);
    EXPECT_FALSE(connection.ended());
    connection.close();
    EXPECT_TRUE(connection.ended());
}

TEST(HttpServer, RefusesWhatIsNoHttp) {
    served connection(echo);
    connection.send("\x16\x03\x01 hello\r\n\r\n");
    EXPECT_THAT(connection.received(), StartsWith("HTTP/1.1 400 "));
    EXPECT_TRUE(connection.ended());
}

TEST(HttpServer, RefusesTooManyHeaderBytes) {
    served connection(echo);
    connection.send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
    EXPECT_THAT(connection.received(), StartsWith("HTTP/1.1 431 "));
    EXPECT_TRUE(connection.ended());
}

TEST(HttpServer, RefusesTooLargeABody) {
    served connection(echo, {.body_bytes = 3});
    connection.send("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody");
    EXPECT_THAT(connection.received(), StartsWith("HTTP/1.1 413 "));
    EXPECT_TRUE(connection.ended());
}

TEST(HttpServer, DropsAConnectionThatIsIdleTooLong) {
    served connection(echo);
    connection.pass(59s);
    EXPECT_FALSE(connection.ended());
    connection.pass(1s);
    EXPECT_TRUE(connection.ended());
    EXPECT_EQ(connection.received(), "");
}

TEST(HttpServer, ARequestThatBeganHasFiveSeconds) {
    served connection(echo);
    connection.send("GET / HTTP/1.1\r\nHos");
    for (int i = 0; i < 4; ++i) {
        connection.pass(1s);
        connection.send("t");
    }
    EXPECT_FALSE(connection.ended());
    connection.pass(1s);
    EXPECT_TRUE(connection.ended());
    EXPECT_EQ(connection.received(), "");
}

TEST(HttpServer, RefusesABodyBeforeItComesWhereNoneIsWanted) {
    served connection(echo, {.body_bytes = 0});
    connection.send("GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\n");
    EXPECT_THAT(connection.received(), StartsWith("HTTP/1.1 413 "));
    EXPECT_TRUE(connection.ended());
    served chunked(echo, {.body_bytes = 0});
    chunked.send("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n");
    EXPECT_THAT(chunked.received(), StartsWith("HTTP/1.1 413 "));
    EXPECT_TRUE(chunked.ended());
}

TEST(LiveConnections, TheOneThatWaitsLongestMakesRoom) {
    std::list<live_connection*> all;
    live_connection old_answered(all, "a"), old(all, "a"), young(all, "b");
    old_answered.waits_since(1s);
    old_answered.is_answered();
    old.waits_since(2s);
    young.waits_since(3s);
    EXPECT_TRUE(make_room(all, "c", {.connections = 4}));
    EXPECT_TRUE(old.waits()) << "there was room";
    EXPECT_TRUE(make_room(all, "c", {.connections = 3}));
    EXPECT_FALSE(old.waits());
    EXPECT_TRUE(make_room(all, "c", {.connections = 3}));
    EXPECT_FALSE(young.waits());
    EXPECT_FALSE(make_room(all, "c", {.connections = 3})) << "the rest is being answered";
}

TEST(LiveConnections, AClientMakesRoomOfItsOwn) {
    std::list<live_connection*> all;
    live_connection other(all, "b"), first(all, "a"), second(all, "a");
    other.waits_since(1s);
    first.waits_since(2s);
    second.waits_since(3s);
    EXPECT_TRUE(make_room(all, "a", {.connections = 64, .connections_of_client = 2}));
    EXPECT_FALSE(first.waits());
    EXPECT_TRUE(other.waits());
    EXPECT_TRUE(make_room(all, "", {.connections = 64, .connections_of_client = 1}))
        << "no address";
    EXPECT_TRUE(other.waits() && second.waits());
}

TEST(HttpServer, NamesInTheLogWhatAHandlerThrew) {
    served connection(throw_something);
    connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(connection.ended());
    ASSERT_EQ(connection.log.lines.size(), 1U);
    EXPECT_THAT(connection.log.lines[0], HasSubstr("no such luck"));
}

TEST(HttpListener, NamesAnAddressThatIsTaken) {
    boost::asio::io_context context;
    const auto first = listener::open(context.get_executor(), "127.0.0.1:0");
    ASSERT_TRUE(first);
    EXPECT_THAT(first->address(), StartsWith("127.0.0.1:"));
    const auto second = listener::open(context.get_executor(), first->address());
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().is(errc::cannot_listen));
    EXPECT_THAT(second.error().message(), HasSubstr(first->address()));
}

TEST(HttpListener, RefusesWhatIsNoAddressAndPort) {
    boost::asio::io_context context;
    for (const auto* address : {"", "8080", "localhost:80", "::1:80", "127.0.0.1:", "127.0.0.1:x",
                                "127.0.0.1:70000", "[::1]", "127.0.0.1:80 "}) {
        const auto opened = listener::open(context.get_executor(), address);
        ASSERT_FALSE(opened) << address;
        EXPECT_THAT(opened.error().message(), HasSubstr("ADDRESS:PORT"));
    }
}

/// Sends one byte on more connections than there may be, then asks on one more, over real sockets.
async::awaitable<void> ask_last(std::string address, std::string& answer) {
    using boost::asio::ip::tcp;
    const auto where = co_await boost::asio::this_coro::executor;
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    std::vector<tcp::socket> sockets;
    for (int i = 0; i < 80; ++i) {
        sockets.emplace_back(where);
        co_await sockets.back().async_connect({boost::asio::ip::address_v4::loopback(), port},
                                              boost::asio::use_awaitable);
        const std::string byte = "G";
        co_await boost::asio::async_write(sockets.back(), boost::asio::buffer(byte),
                                          boost::asio::use_awaitable);
    }
    const std::string rest = "ET / HTTP/1.1\r\nHost: x\r\n\r\n";
    co_await boost::asio::async_write(sockets.back(), boost::asio::buffer(rest),
                                      boost::asio::use_awaitable);
    co_await boost::asio::async_read_until(sockets.back(), boost::asio::dynamic_buffer(answer),
                                           "GET /", boost::asio::use_awaitable);
}

TEST(HttpServer, ConnectionsThatSayNothingDelayNobody) {
    boost::asio::io_context context;
    async::real_clock time;
    recording_logger log;
    auto where = listener::open(context.get_executor(), "127.0.0.1:0");
    ASSERT_TRUE(where);
    std::string answer;
    std::vector<async::awaitable<void>> tasks;
    tasks.push_back(
        serve(*where, echo, {time, log, {.connections = 64, .connections_of_client = 16}}));
    tasks.push_back(ask_last(where->address(), answer));
    std::exception_ptr problem;
    boost::asio::co_spawn(context, async::run_all(std::move(tasks)),
                          [&](std::exception_ptr e) { problem = std::move(e); });
    context.run_for(4s); // less than any of the others has for its request
    EXPECT_FALSE(problem);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK"));
}

} // namespace
} // namespace nodewall::http
