#include "http/client.hpp"

#include "base/limits.hpp"
#include "fake_peer.hpp"

#include <gtest/gtest.h>

namespace nodewall::http {
namespace {

using namespace std::chrono_literals;

struct HttpClient : testing::Test {
    async::world w;
    fake_peer peer{w};
    client http{parse_url("http://api:8080/prefix/").value(), peer.dial(), w.time};

    result<response> get(std::size_t bytes_max = 1000) {
        return async::run(w, http.get("/x", {{"User-Agent", "test"}}, bytes_max));
    }
    result<std::unique_ptr<body_stream>> open() {
        return async::run(w, http.open_stream("/x", {}));
    }
    result<std::string> read(body_stream& body) { return async::run(w, copied(body)); }

    static async::awaitable<result<std::string>> copied(body_stream& body) {
        const auto piece = co_await body.read();
        co_return piece ? result<std::string>(*piece) : piece.error();
    }
};

TEST_F(HttpClient, SendsARequestAndReadsAnAnswerWithALength) {
    peer.say(answer_text("200 OK", "application/json", "{}"));
    const auto got = get().value();
    EXPECT_EQ(got.head.status, 200U);
    EXPECT_EQ(got.head.content_type, "application/json");
    EXPECT_EQ(got.body, "{}");
    EXPECT_EQ(peer.requests.at(0),
              "GET /prefix/x HTTP/1.1\r\nHost: api:8080\r\nUser-Agent: test\r\n");
}

TEST_F(HttpClient, ReadsChunksAndAnswersThatEndWithTheConnection) {
    peer.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
             "3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nTrailer: x\r\n\r\n");
    EXPECT_EQ(get().value().body, "abcdefg");
    peer.say_and_close("HTTP/1.1 200 OK\r\n\r\nto the end");
    EXPECT_EQ(get().value().body, "to the end");
}

TEST_F(HttpClient, AnyStatusIsAnAnswer) {
    peer.say("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nlate");
    const auto got = get().value();
    EXPECT_EQ(got.head.status, 503U);
    EXPECT_EQ(got.head.retry_after, 7s);
    EXPECT_EQ(got.body, "late");
}

TEST_F(HttpClient, ARetryAfterThatIsADateIsPassedOver) {
    peer.say("HTTP/1.1 503 Busy\r\nRetry-After: Fri, 31 Dec 2027 23:59:59 GMT\r\n"
             "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(get().value().head.retry_after, std::nullopt);
}

TEST_F(HttpClient, KeepsTheConnectionForTheNextRequest) {
    peer.say(answer_text("200 OK", "text/plain", "one"));
    peer.say(answer_text("200 OK", "text/plain", "two"));
    EXPECT_EQ(get().value().body, "one");
    EXPECT_EQ(get().value().body, "two");
    EXPECT_EQ(peer.connections, 1);
}

TEST_F(HttpClient, AKeptConnectionThatWasClosedIsReplacedUnnoticed) {
    peer.say(answer_text("200 OK", "text/plain", "one"));
    EXPECT_EQ(get().value().body, "one");
    peer.close();
    peer.say(answer_text("200 OK", "text/plain", "two"));
    EXPECT_EQ(get().value().body, "two");
    EXPECT_EQ(peer.connections, 2);
}

TEST_F(HttpClient, AConnectionThatTheServerWantsClosedIsNotKept) {
    peer.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na");
    peer.say(answer_text("200 OK", "text/plain", "b"));
    EXPECT_TRUE(get());
    EXPECT_TRUE(get());
    EXPECT_EQ(peer.connections, 2);
}

TEST_F(HttpClient, AStreamGivesEachPieceAtOnce) {
    peer.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n");
    const auto body = open().value();
    EXPECT_EQ(read(*body).value(), "one\n");
    const auto before = w.time.steady();
    peer.add("4\r\ntwo\n\r\n6\r\nthree\n\r\n");
    EXPECT_EQ(read(*body).value(), "two\nthree\n");
    EXPECT_LE(w.time.steady() - before, 1s);
    peer.add("0\r\n\r\n");
    EXPECT_EQ(read(*body).value(), "");
    EXPECT_EQ(read(*body).value(), "") << "the end stays the end";
}

TEST_F(HttpClient, AStreamThatIsCutIsAnErrorNotAnEnd) {
    peer.say_and_close("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf");
    const auto body = open().value();
    EXPECT_EQ(read(*body).value(), "half");
    EXPECT_TRUE(read(*body).error().is(errc::closed));
}

TEST_F(HttpClient, AnAnswerThatIsCutIsAnError) {
    peer.say_and_close("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    EXPECT_TRUE(get().error().is(errc::closed));
    peer.say_and_close("HTTP/1.1 200 O");
    EXPECT_TRUE(get().error().is(errc::closed));
    peer.say_and_close("");
    EXPECT_TRUE(get().error().is(errc::closed));
}

TEST_F(HttpClient, AServerThatIsSilentTimesOut) {
    EXPECT_TRUE(get().error().is(errc::timed_out)) << "no answer at all";
    EXPECT_GE(w.time.steady(), limits::http_head_max);
    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    EXPECT_FALSE(async::run(w, http.get("/x", {}, 1000))) << "no whole body";
}

TEST_F(HttpClient, WhatIsNoHttpIsRefused) {
    for (const auto* text : {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 banana\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"}) {
        peer.say_and_close(text);
        const auto got = get();
        ASSERT_TRUE(got.has_error()) << text;
        EXPECT_TRUE(got.error().is(errc::bad_message)) << got.error().message();
    }
}

TEST_F(HttpClient, BoundsBodyAndHead) {
    peer.say(answer_text("200 OK", "text/plain", std::string(1001, 'x')));
    EXPECT_TRUE(get(1000).error().is(errc::too_large));
    peer.say("HTTP/1.1 200 OK\r\nX: " + std::string(limits::http_head_bytes_max, 'x') + "\r\n\r\n");
    EXPECT_TRUE(get().error().is(errc::too_large));
    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\nx");
    EXPECT_FALSE(get());
}

async::awaitable<void> discard(async::awaitable<result<response>> work) {
    co_await std::move(work);
}

TEST_F(HttpClient, ARequestUnderWayCanBeCancelled) {
    async::running request(w, discard(http.get("/x", {}, 1000)));
    w.time.run_for(w.context, 1s);
    EXPECT_EQ(peer.requests.size(), 1U);
    request.cancel();
    w.time.run_for(w.context, 0s);
    EXPECT_TRUE(request.cancelled());
    EXPECT_EQ(w.time.next_deadline(), std::nullopt);
}

} // namespace
} // namespace nodewall::http
