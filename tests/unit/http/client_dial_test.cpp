// Real sockets on loopback, real TLS.
#include "http/client.hpp"

#include "unit/http/certificates.hpp"
#include "unit/http/one_request.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <optional>

namespace nodewall::http {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;

constexpr std::string_view hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

async::awaitable<void> serve_plain(tcp::acceptor& door) {
    auto peer = co_await door.async_accept(asio::use_awaitable);
    std::string request;
    co_await asio::async_read_until(peer, asio::dynamic_buffer(request), "\r\n\r\n",
                                    asio::use_awaitable);
    co_await asio::async_write(peer, asio::buffer(hello), asio::use_awaitable);
}

/// `name` becomes the subject of the client's certificate, if it had to show one.
async::awaitable<void> serve_tls(tcp::acceptor& door, ssl::context& context, std::string& name) {
    ssl::stream<tcp::socket> peer(co_await door.async_accept(asio::use_awaitable), context);
    co_await peer.async_handshake(ssl::stream_base::server, asio::use_awaitable);
    if (const auto* shown = SSL_get0_peer_certificate(peer.native_handle())) {
        char text[100] = "";
        X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, text, 100);
        name = text;
    }
    std::string request;
    co_await asio::async_read_until(peer, asio::dynamic_buffer(request), "\r\n\r\n",
                                    asio::use_awaitable);
    co_await asio::async_write(peer, asio::buffer(hello), asio::use_awaitable);
}

struct HttpDial : testing::Test {
    asio::io_context context;
    async::real_clock time;
    tcp::acceptor door{context, {asio::ip::make_address("127.0.0.1"), 0}};
    test_authority ca{"test CA"};

    url server(bool tls, std::string host = "127.0.0.1") const {
        return {tls, std::move(host), door.local_endpoint().port(), ""};
    }

    /// What one request to `where` gives.
    result<response> get(const url& where, const tls_settings& tls) {
        auto dial = make_dialer({.server = where, .tls = tls, .through = through}, time);
        if (!dial)
            return dial.error();
        client http(where, std::move(*dial), time);
        return get_once(http, context, door);
    }

    /// The same from a TLS server that shows a certificate for `alternative`.
    result<response> get_tls(const std::string& alternative, const tls_settings& tls,
                             std::string host = "127.0.0.1", bool expired = false) {
        const auto identity = ca.issue("api server", alternative, expired);
        ssl::context server_side(ssl::context::tls_server);
        server_side.use_certificate_chain(asio::buffer(identity.certificate_pem));
        server_side.use_private_key(asio::buffer(identity.key_pem), ssl::context::pem);
        server_side.add_certificate_authority(asio::buffer(ca.pem()));
        server_side.set_verify_mode(ssl::verify_peer);
        if (tls11_at_most)
            SSL_CTX_set_max_proto_version(server_side.native_handle(), TLS1_1_VERSION);
        asio::co_spawn(context, serve_tls(door, server_side, client_name), asio::detached);
        return get(server(true, std::move(host)), tls);
    }

    std::optional<proxy> through;
    std::string client_name;
    bool tls11_at_most = false;
};

TEST_F(HttpDial, SpeaksPlainTcp) {
    asio::co_spawn(context, serve_plain(door), asio::detached);
    EXPECT_EQ(get(server(false), {}).value().body, "hello");
}

TEST_F(HttpDial, AServerThatRefusesIsNamed) {
    const auto where = server(false);
    door.close();
    const auto got = get(where, {});
    ASSERT_TRUE(got.has_error());
    EXPECT_TRUE(got.error().is(errc::cannot_connect));
    EXPECT_NE(got.error().message().find(where.to_string()), std::string::npos);
}

TEST_F(HttpDial, AHostWithoutAnAddressIsNamed) {
    const auto got = get(server(false, "no-such-host.invalid"), {});
    ASSERT_TRUE(got.has_error());
    EXPECT_TRUE(got.error().is(errc::cannot_resolve)) << got.error().message();
}

TEST_F(HttpDial, TrustsACertificateOfTheGivenAuthorityForTheAddress) {
    EXPECT_EQ(get_tls("IP:127.0.0.1", {.ca_pem = ca.pem()}).value().body, "hello");
    EXPECT_EQ(client_name, "");
}

TEST_F(HttpDial, ShowsTheClientCertificate) {
    const auto me = ca.issue("node-1");
    EXPECT_TRUE(get_tls("IP:127.0.0.1", {ca.pem(), me.certificate_pem, me.key_pem, "", false}));
    EXPECT_EQ(client_name, "node-1");
}

TEST_F(HttpDial, AnotherAuthorityIsNotTrusted) {
    const test_authority other("another CA");
    EXPECT_TRUE(get_tls("IP:127.0.0.1", {.ca_pem = other.pem()}).error().is(errc::untrusted));
}

TEST_F(HttpDial, AnIntermediateAuthorityIsAnAnchorAsItStands) {
    const test_authority company("company root");
    ca = test_authority("cluster CA", company);
    EXPECT_EQ(get_tls("IP:127.0.0.1", {.ca_pem = ca.pem()}).value().body, "hello");
}

TEST_F(HttpDial, AnotherIntermediateOfTheSameRootIsNotTrusted) {
    const test_authority company("company root");
    ca = test_authority("cluster CA", company);
    const test_authority other("other cluster CA", company);
    EXPECT_TRUE(get_tls("IP:127.0.0.1", {.ca_pem = other.pem()}).error().is(errc::untrusted));
}

TEST_F(HttpDial, ACertificateForAnotherAddressIsNotTrusted) {
    const auto got = get_tls("IP:127.0.0.2,DNS:api", {.ca_pem = ca.pem()});
    EXPECT_TRUE(got.error().is(errc::untrusted));
    EXPECT_NE(got.error().message().find("mismatch"), std::string::npos) << got.error().message();
}

TEST_F(HttpDial, TheCommonNameIsNoName) {
    EXPECT_TRUE(
        get_tls("", {.ca_pem = ca.pem(), .server_name = "api server"}).error().is(errc::untrusted));
}

TEST_F(HttpDial, AServerNameOfItsOwnIsChecked) {
    EXPECT_TRUE(get_tls("DNS:kubernetes", {.ca_pem = ca.pem(), .server_name = "kubernetes"}));
}

TEST_F(HttpDial, AnExpiredCertificateIsNotTrusted) {
    const auto got = get_tls("IP:127.0.0.1", {.ca_pem = ca.pem()}, "127.0.0.1", true);
    EXPECT_TRUE(got.error().is(errc::untrusted));
    EXPECT_NE(got.error().message().find("expired"), std::string::npos) << got.error().message();
}

TEST_F(HttpDial, InsecureTrustsAnything) {
    EXPECT_TRUE(get_tls("DNS:elsewhere", {.insecure = true}));
}

TEST_F(HttpDial, NothingOlderThanTls12IsSpoken) {
    tls11_at_most = true;
    const auto got = get_tls("IP:127.0.0.1", {.ca_pem = ca.pem()});
    EXPECT_TRUE(got.error().is(errc::tls_failed));
}

} // namespace
} // namespace nodewall::http
