#include "kube/api_client.hpp"

#include "unit/http/fake_peer.hpp"

#include <gtest/gtest.h>

namespace nodewall::kube {
namespace {

using http::answer_text;
using strings = std::vector<std::string>;

struct recorder final : logger {
    std::vector<std::string> lines;
    void write(log_level, std::string_view line) override { lines.emplace_back(line); }
};

struct ApiClient : testing::Test {
    async::world w;
    http::fake_peer peer{w};
    codec::json_reader reader;
    recorder lines;
    server_config config{.server = http::parse_url("http://api:8080").value(),
                         .authorization = "Bearer secret",
                         .origin = "test"};
    int loads = 0;
    bool broken_config = false, unreachable = false;
    api_client api{{.user_agent = "nodewall/0 (n1)",
                    .dial = [this](auto&, auto&) -> result<http::dialer> { return dial(); },
                    .pool = w.where()},
                   [this]() -> result<server_config> {
                       ++loads;
                       return broken_config ? error(errc::unreadable, "/k")
                                            : result<server_config>(config);
                   },
                   w.time,
                   reader,
                   lines};

    http::dialer dial() {
        return [this, to_peer = peer.dial()]()
                   -> async::awaitable<result<std::unique_ptr<async::byte_stream>>> {
            if (unreachable)
                co_return http::errc::cannot_connect;
            co_return co_await to_peer();
        };
    }

    answer<codec::list_page> list(model::kind what, list_query query = {}) {
        return async::run(w, api.list(at(what), std::move(query)));
    }
    answer<std::unique_ptr<http::body_stream>> watch(model::kind what) {
        return async::run(w, api.watch(at(what), "7", std::chrono::seconds(300)));
    }
    served_at at(model::kind what) const { return {reader.kinds().find(what), "v1"}; }
    void say(const std::string& status, const std::string& body,
             const std::string& type = "application/json") {
        peer.say(answer_text(status, type, body));
    }
    std::string target(std::size_t request) const {
        const auto& text = peer.requests.at(request);
        return text.substr(0, text.find(" HTTP/"));
    }
};

const std::string empty_list = R"({"metadata":{"resourceVersion":"9"},"items":[]})";

TEST_F(ApiClient, AsksForEachKindAtItsPlace) {
    const std::pair<model::kind, const char*> places[]{
        {model::kind::namespace_, "GET /api/v1/namespaces"},
        {model::kind::node, "GET /api/v1/nodes"},
        {model::kind::pod, "GET /api/v1/pods"},
        {model::kind::service, "GET /api/v1/services"},
        {model::kind::endpoint_slice, "GET /apis/discovery.k8s.io/v1/endpointslices"},
        {model::kind::network_policy, "GET /apis/networking.k8s.io/v1/networkpolicies"},
    };
    std::size_t request = 0;
    for (const auto& [what, expected] : places) {
        say("200 OK", empty_list);
        EXPECT_EQ(list(what).value().resource_version, "9");
        EXPECT_EQ(target(request++), expected);
    }
    EXPECT_EQ(loads, 1);
    EXPECT_NE(peer.requests[0].find("User-Agent: nodewall/0 (n1)\r\n"), std::string::npos);
    EXPECT_NE(peer.requests[0].find("Authorization: Bearer secret\r\n"), std::string::npos);
}

TEST_F(ApiClient, WritesQueriesEscaped) {
    say("200 OK", empty_list);
    ASSERT_TRUE(list(model::kind::pod, {.limit = 500, .continue_token = "a=b&c"}));
    EXPECT_EQ(target(0), "GET /api/v1/pods?limit=500&continue=a%3Db%26c");
    say("200 OK", empty_list);
    ASSERT_TRUE(list(model::kind::pod, {.limit = 1, .resource_version = "12", .not_older = true}));
    EXPECT_EQ(target(1), "GET /api/v1/pods?limit=1&resourceVersion=12"
                         "&resourceVersionMatch=NotOlderThan");
    say("200 OK", "");
    ASSERT_TRUE(watch(model::kind::pod));
    EXPECT_EQ(target(2), "GET /api/v1/pods?watch=true&allowWatchBookmarks=true"
                         "&resourceVersion=7&timeoutSeconds=300");
}

TEST_F(ApiClient, AsksForAKindInTheVersionGiven) {
    say("200 OK", empty_list);
    const auto& slices = *reader.kinds().find(model::kind::endpoint_slice);
    ASSERT_TRUE(async::run(w, api.list({&slices, "v1beta1"}, {})));
    EXPECT_EQ(target(0), "GET /apis/discovery.k8s.io/v1beta1/endpointslices");
}

TEST_F(ApiClient, GivesADocumentOfTheServersOwnAsItStands) {
    say("200 OK", R"({"kind":"APIGroupList"})");
    EXPECT_EQ(async::run(w, api.document("/apis")).value(), R"({"kind":"APIGroupList"})");
    EXPECT_EQ(target(0), "GET /apis");
    say("403 Forbidden", "{}");
    const auto refused = async::run(w, api.document("/apis")).error();
    EXPECT_TRUE(refused.cause.is(errc::forbidden));
    EXPECT_NE(refused.cause.message().find("/apis at http://api:8080"), std::string::npos);
}

TEST_F(ApiClient, RefusalsBecomeFailuresThatNameKindAndServer) {
    struct {
        const char *status, *body;
        errc expected;
    } const cases[]{
        {"400 Bad Request", "{}", errc::bad_request},
        {"401 Unauthorized", "{}", errc::unauthorized},
        {"403 Forbidden", R"({"kind":"Status","code":403,"message":"no such right"})",
         errc::forbidden},
        {"404 Not Found", "{}", errc::not_found},
        {"410 Gone", "{}", errc::gone},
        {"429 Too Many Requests", "{}", errc::busy},
        {"500 Internal Server Error", "", errc::server_failure},
        {"503 Service Unavailable", "{", errc::busy},
        {"504 Gateway Timeout", "{}", errc::server_failure},
        {"504 Gateway Timeout",
         R"({"kind":"Status","details":{"causes":[{"reason":"ResourceVersionTooLarge"}]}})",
         errc::version_too_large},
        {"504 Gateway Timeout",
         R"({"kind":"Status","message":"Timeout: Too large resource version: 9, current: 7"})",
         errc::version_too_large},
        {"500 Internal Server Error", R"({"kind":"Status","reason":"Expired"})", errc::gone},
    };
    for (const auto& [status, body, expected] : cases) {
        say(status, body);
        say(status, body);
        const auto listed = list(model::kind::pod);
        const auto watched = watch(model::kind::pod);
        ASSERT_TRUE(listed.has_error() && watched.has_error());
        for (const auto& cause : {listed.error().cause, watched.error().cause}) {
            EXPECT_TRUE(cause.is(expected)) << status << ": " << cause.message();
            EXPECT_TRUE(cause.message().starts_with("pods at http://api:8080: status "))
                << cause.message();
            EXPECT_EQ(cause.message().find("secret"), std::string::npos);
        }
    }
    say("403 Forbidden", R"({"kind":"Status","code":403,"message":"no such right"})");
    EXPECT_EQ(list(model::kind::pod).error().cause.message(),
              "pods at http://api:8080: status 403, no such right: the API server does not allow "
              "it: grant it by RBAC");
}

TEST_F(ApiClient, RetryAfterComesFromTheHeaderOrTheStatus) {
    peer.say("HTTP/1.1 429 X\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(list(model::kind::pod).error().retry_after, std::chrono::seconds(7));
    say("503 X", R"({"kind":"Status","code":503,"details":{"retryAfterSeconds":3}})");
    EXPECT_EQ(list(model::kind::pod).error().retry_after, std::chrono::seconds(3));
    say("503 X", "{}");
    EXPECT_EQ(list(model::kind::pod).error().retry_after, std::nullopt);
}

TEST_F(ApiClient, WhatIsNoJsonIsNamedWithItsType) {
    const std::string login = "<html><title>Log in</title></html>";
    say("200 OK", login, "text/html");
    say("200 OK", login, "text/html");
    for (const auto& failed : {list(model::kind::pod).error(), watch(model::kind::pod).error()}) {
        EXPECT_TRUE(failed.cause.is(errc::bad_answer));
        EXPECT_NE(failed.cause.message().find("http://api:8080: status 200 with text/html"),
                  std::string::npos)
            << failed.cause.message();
    }
    say("200 OK", "not json");
    EXPECT_TRUE(list(model::kind::pod).error().cause.is(codec::errc::not_json));
    say("403 Forbidden", login, "text/html");
    EXPECT_TRUE(list(model::kind::pod).error().cause.is(errc::forbidden));
}

TEST_F(ApiClient, NewCredentialsAreUsedOnTheSameConnection) {
    say("401 Unauthorized", "{}");
    EXPECT_FALSE(list(model::kind::pod));
    config.authorization = "Bearer fresh";
    ASSERT_TRUE(async::run(w, api.reload()));
    say("200 OK", empty_list);
    EXPECT_TRUE(list(model::kind::pod));
    EXPECT_NE(peer.requests[1].find("Authorization: Bearer fresh\r\n"), std::string::npos);
    EXPECT_EQ(peer.connections, 1);
    config.server.port = 9090;
    ASSERT_TRUE(async::run(w, api.reload()));
    say("200 OK", empty_list);
    EXPECT_TRUE(list(model::kind::pod));
    EXPECT_EQ(peer.connections, 2) << "another server is another connection";
}

TEST_F(ApiClient, TheConfigurationIsReadAgainBehindWhatMayBeItsFault) {
    say("200 OK", empty_list);
    ASSERT_TRUE(list(model::kind::pod));
    for (const auto* status : {"401 X", "403 X", "404 X"}) {
        const auto before = loads;
        say(status, "{}");
        EXPECT_FALSE(list(model::kind::pod));
        EXPECT_EQ(loads, before) << "not yet: nobody asks anything";
        say("200 OK", empty_list);
        EXPECT_TRUE(list(model::kind::pod));
        EXPECT_EQ(loads, before + 1) << status;
    }
    const auto before = loads;
    for (const auto* status : {"410 X", "429 X", "500 X", "503 X", "504 X"}) {
        say(status, "{}");
        EXPECT_FALSE(list(model::kind::pod)) << status;
    }
    EXPECT_EQ(loads, before) << "the server is the right one, and knows who asks";
}

TEST_F(ApiClient, AServerThatMovedIsFoundWithoutARestart) {
    say("200 OK", empty_list);
    ASSERT_TRUE(list(model::kind::pod));
    unreachable = true;
    peer.close();
    EXPECT_TRUE(list(model::kind::pod).error().cause.is(http::errc::cannot_connect));
    config.server.port = 9090;
    unreachable = false;
    say("200 OK", empty_list);
    EXPECT_TRUE(list(model::kind::pod));
    EXPECT_NE(peer.requests.back().find("Host: api:9090"), std::string::npos);
}

TEST_F(ApiClient, AConfigurationThatCannotBeReadAgainLeavesTheOneBefore) {
    say("401 X", "{}");
    EXPECT_FALSE(list(model::kind::pod));
    broken_config = true;
    say("200 OK", empty_list);
    EXPECT_TRUE(list(model::kind::pod));
    EXPECT_EQ(lines.lines,
              strings{"/k: the file cannot be read; going on with what was read before"});
    broken_config = false;
    const auto before = loads;
    say("200 OK", empty_list);
    EXPECT_TRUE(list(model::kind::pod));
    EXPECT_EQ(loads, before + 1) << "it is still to be read";
}

async::awaitable<void> reload(api_client& api, std::string& said) {
    const auto done = co_await api.reload();
    said = done ? "loaded" : done.error().message();
}

TEST_F(ApiClient, CredentialsAreReadAndTlsIsMadeOnThePool) {
    boost::asio::io_context files;
    strings where;
    api_client slow(
        {.user_agent = "nodewall/0 (n1)",
         .dial = [&](auto&, auto&) -> result<http::dialer> {
             where.emplace_back("dial");
             return peer.dial();
         },
         .pool = files.get_executor()},
        [&]() -> result<server_config> {
            where.emplace_back("load");
            return config;
        },
        w.time, reader, lines);
    std::string said;
    async::running loading(w, reload(slow, said));
    w.time.run_for(w.context, std::chrono::seconds(1));
    EXPECT_EQ(where, strings{}) << "not on the network's thread";
    files.run();
    EXPECT_EQ(where, (strings{"load", "dial"}));
    EXPECT_EQ(said, "");
    w.time.run_for(w.context, std::chrono::seconds(0));
    EXPECT_EQ(said, "loaded");
}

TEST_F(ApiClient, AWarningIsGivenOnce) {
    config.warnings = {"insecure"};
    ASSERT_TRUE(async::run(w, api.reload()));
    ASSERT_TRUE(async::run(w, api.reload()));
    EXPECT_EQ(lines.lines, std::vector<std::string>{"test: insecure"});
}

TEST_F(ApiClient, TheClusterIsKnownByItsKubeSystem) {
    say("200 OK", R"({"metadata":{"name":"kube-system","uid":"u-1","resourceVersion":"1"}})");
    EXPECT_EQ(async::run(w, api.cluster_uid()).value(), "u-1");
    EXPECT_EQ(target(0), "GET /api/v1/namespaces/kube-system");
}

} // namespace
} // namespace nodewall::kube
