// Proxies: how they are written, and real sockets on loopback.
#include "http/client.hpp"
#include "unit/http/one_request.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

namespace nodewall::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using protocol = proxy::protocol;

TEST(ProxyUrl, IsReadWithItsPortAndItsUser) {
    const struct {
        const char* text;
        proxy expected;
    } cases[] = {
        {"http://proxy", {protocol::connect, "proxy", 80, "", ""}},
        {"http://proxy:3128/", {protocol::connect, "proxy", 3128, "", ""}},
        {"http://[fd00::1]", {protocol::connect, "fd00::1", 80, "", ""}},
        {"http://[fd00::1]:3128", {protocol::connect, "fd00::1", 3128, "", ""}},
        {"socks5://10.0.0.1", {protocol::socks5, "10.0.0.1", 1080, "", ""}},
        {"socks5://[fd00::1]", {protocol::socks5, "fd00::1", 1080, "", ""}},
        {"http://me:p%40ss@proxy:8080", {protocol::connect, "proxy", 8080, "me", "p@ss"}},
        {"http://me@proxy", {protocol::connect, "proxy", 80, "me", ""}},
    };
    for (const auto& c : cases) {
        const auto read = parse_proxy(c.text);
        ASSERT_TRUE(read) << c.text << read.error().message();
        EXPECT_EQ(*read, c.expected) << c.text;
    }
}

TEST(ProxyUrl, WhatCannotBeUsedIsRefusedWithoutBeingRepeated) {
    for (const auto* text :
         {"", "proxy", "proxy:3128", "https://u:secret@proxy", "socks4://proxy", "http://",
          "http://u:secret@", "http://u:secret%zz@proxy", "http://secret@proxy/path",
          "http://u:secret@proxy:0", "http://secret@proxy?x"}) {
        const auto read = parse_proxy(text);
        ASSERT_TRUE(read.has_error()) << text;
        EXPECT_TRUE(read.error().is(errc::bad_proxy)) << text;
        EXPECT_EQ(read.error().message().find("secret"), std::string::npos);
    }
}

TEST(ProxyUrl, IsPrintedWithoutItsUser) {
    EXPECT_EQ(parse_proxy("http://me:secret@[fd00::1]").value().to_string(), "http://[fd00::1]:80");
    EXPECT_EQ(parse_proxy("socks5://proxy").value().to_string(), "socks5://proxy:1080");
}

/// What the proxy hears, and says; behind it, it is the server.
struct talk {
    std::size_t bytes = 0; // 0: up to the empty line of a head
    std::string answer;
};

struct Proxy : testing::Test {
    asio::io_context context;
    async::real_clock time;
    tcp::acceptor door{context, {asio::ip::make_address("127.0.0.1"), 0}};
    std::vector<std::string> heard;

    async::awaitable<void> serve(std::vector<talk> script) {
        auto peer = co_await door.async_accept(asio::use_awaitable);
        for (const auto& [bytes, answer] : script) {
            std::string text(bytes, '\0');
            if (bytes > 0)
                co_await asio::async_read(peer, asio::buffer(text), asio::use_awaitable);
            else
                co_await asio::async_read_until(peer, asio::dynamic_buffer(text), "\r\n\r\n",
                                                asio::use_awaitable);
            heard.push_back(text);
            co_await asio::async_write(peer, asio::buffer(answer), asio::use_awaitable);
        }
    }

    result<response> get(proxy through, std::vector<talk> script,
                         const std::string& server = "http://api.example:6443") {
        through.host = "127.0.0.1";
        through.port = door.local_endpoint().port();
        asio::co_spawn(context, serve(std::move(script)), asio::detached);
        const auto where = parse_url(server).value();
        client http(where,
                    make_dialer({.server = where, .tls = {}, .through = through}, time).value(),
                    time);
        return get_once(http, context, door);
    }
    const talk page{0, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"};
};

TEST_F(Proxy, IsAskedToConnect) {
    const auto got = get({}, {{0, "HTTP/1.1 200 Connection established\r\n\r\n"}, page});
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(got->body, "hello");
    EXPECT_EQ(heard.at(0), "CONNECT api.example:6443 HTTP/1.1\r\nHost: api.example:6443\r\n\r\n");
    EXPECT_TRUE(heard.at(1).starts_with("GET / HTTP/1.1\r\nHost: api.example:6443\r\n"));
}

TEST_F(Proxy, IsToldWhoAsks) {
    ASSERT_TRUE(get({.user = "me", .password = "secret"}, {{0, "HTTP/1.0 200 X\r\n\r\n"}, page}));
    EXPECT_NE(heard.at(0).find("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"), std::string::npos);
    EXPECT_EQ(heard.at(1).find("Proxy-Authorization"), std::string::npos);
}

TEST_F(Proxy, ThatRefusesIsNamed) {
    for (const auto* answer :
         {"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "HTTP/1.1 502 X\r\n\r\n",
          "SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nmore", "\r\n\r\n"}) {
        door = tcp::acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
        context.restart();
        const auto got = get({.user = "me", .password = "secret"}, {{0, answer}});
        ASSERT_TRUE(got.has_error()) << answer;
        EXPECT_TRUE(got.error().is(errc::proxy_refused)) << got.error().message();
        EXPECT_NE(got.error().message().find("proxy http://127.0.0.1:"), std::string::npos);
        EXPECT_EQ(got.error().message().find("secret"), std::string::npos);
    }
}

std::string octets(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values)
        out += static_cast<char>(value);
    return out;
}

TEST_F(Proxy, OfSocks5ResolvesTheName) {
    const auto got = get({.speaks = protocol::socks5},
                         {{3, octets({5, 0})},
                          {4 + 1 + 11 + 2, octets({5, 0, 0, 1, 10, 0, 0, 1, 0x19, 0x2b})},
                          page});
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(heard.at(0), octets({5, 1, 0}));
    EXPECT_EQ(heard.at(1), octets({5, 1, 0, 3, 11}) + "api.example" + octets({0x19, 0x2b}));
}

TEST_F(Proxy, OfSocks5IsGivenAddressesAsTheyAre) {
    ASSERT_TRUE(get(
        {.speaks = protocol::socks5},
        {{3, octets({5, 0})}, {4 + 4 + 2, octets({5, 0, 0, 3, 1}) + "x" + octets({0, 80})}, page},
        "http://10.0.0.1:6443"));
    EXPECT_EQ(heard.at(1), octets({5, 1, 0, 1, 10, 0, 0, 1, 0x19, 0x2b}));
}

TEST_F(Proxy, OfSocks5IsToldWhoAsks) {
    ASSERT_TRUE(
        get({.speaks = protocol::socks5, .user = "me", .password = "pass"},
            {{3, octets({5, 2})},
             {9, octets({1, 0})},
             {18, octets({5, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1})},
             page}));
    EXPECT_EQ(heard.at(0), octets({5, 1, 2}));
    EXPECT_EQ(heard.at(1), octets({1, 2}) + "me" + octets({4}) + "pass");
}

TEST_F(Proxy, OfSocks5ThatRefusesIsNamed) {
    const std::vector<std::vector<talk>> scripts{
        {{3, octets({5, 255})}},
        {{3, octets({4, 0})}},
        {{3, octets({5, 0})}, {18, octets({5, 4, 0, 1, 0, 0, 0, 0, 0, 0})}},
    };
    for (const auto& script : scripts) {
        door = tcp::acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
        context.restart();
        const auto got = get({.speaks = protocol::socks5}, script);
        ASSERT_TRUE(got.has_error());
        EXPECT_TRUE(got.error().is(errc::proxy_refused)) << got.error().message();
        EXPECT_NE(got.error().message().find("proxy socks5://127.0.0.1:"), std::string::npos);
    }
}

} // namespace
} // namespace nodewall::http
