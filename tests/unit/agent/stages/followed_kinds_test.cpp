// Kinds that come and go while the small API server runs: pipes in memory, virtual time.
#include "agent/stages/followed_kinds.hpp"

#include "apiserver/server.hpp"
#include "async/pipe.hpp"
#include "unit/async/run.hpp"
#include "unit/kube/fake_sink.hpp"

#include <boost/asio/detached.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>

namespace nodewall::agent {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto widget_stream = "widgets.example.org";

/// Pods, which every server has, and widgets, which come with a definition.
codec::kind_registry pods_and_widgets() {
    codec::kind_registry kinds;
    kinds.add(*codec::standard_kinds().find(model::kind::pod));
    kinds.add({.group = "example.org",
               .versions = {"v2", "v1"},
               .resource = "widgets",
               .object_kind = "Widget",
               .namespaced = false});
    return kinds;
}

class FollowedKinds : public testing::Test {
protected:
    FollowedKinds() { log.at_once = true; }
    ~FollowedKinds() override {
        stop();
        for (auto& connection : served)
            if (!connection.ended())
                connection.cancel();
        pass(0s);
    }

    http::dialer dial() {
        return [this]() -> async::awaitable<result<std::unique_ptr<async::byte_stream>>> {
            return connect();
        };
    }
    async::awaitable<result<std::unique_ptr<async::byte_stream>>> connect() {
        if (unreachable)
            co_return http::errc::cannot_connect;
        auto [here, there] = async::make_pipe();
        served.emplace_back(w, serve(std::move(there)));
        co_return std::move(here);
    }
    async::awaitable<void> serve(std::unique_ptr<async::byte_stream> peer) {
        const http::request_handler handle = [this](const http::server_request& request,
                                                    http::responder& out) {
            return server.handle(request, out);
        };
        co_await http::serve_connection(*peer, handle, {w.time, *nowhere, {}});
    }
    async::awaitable<bool> post(std::string body) {
        auto [peer, there] = async::make_pipe();
        served.emplace_back(w, serve(std::move(there)));
        co_await async::write_all(*peer, "POST /_control HTTP/1.1\r\nContent-Length: " +
                                             std::to_string(body.size()) + "\r\n\r\n" + body);
        std::array<char, 4096> answer{};
        const auto count = co_await peer->async_read_some(answer);
        co_return count.has_value();
    }
    void control(const std::string& body) { async::run(w, post(body)); }

    void install(std::string version = "v1") {
        server.install({"example.org", std::move(version), "widgets", "Widget", false});
    }
    void put(const std::string& name) {
        auto body = boost::json::parse(R"({"metadata":{"name":")" + name + "\"}}");
        ASSERT_TRUE(server.store().put(std::string(widget_stream), {"", name}, body.as_object()));
        server.wake();
        pass(0s);
    }
    void start() {
        following.emplace(w, kinds.run());
        pass(1s);
    }
    void stop() {
        if (following && !following->ended()) {
            following->cancel();
            pass(0s);
        }
    }
    void pass(async::nanoseconds time) { w.time.run_for(w.context, time); }

    /// What was appended since the last call, bookmarks apart.
    strings recorded() {
        auto lines = std::exchange(log.record, {});
        std::erase_if(lines, [](const auto& line) { return line.starts_with("BOOKMARK"); });
        return lines;
    }
    stream_report widgets() const { return kinds.report().at(1); }
    bool settled() const { return kinds.gate().settled == kinds.gate().all; }

    async::world w;
    std::unique_ptr<logger> nowhere = make_null_logger();
    bool unreachable = false;
    apiserver::api_server server{w.time, {}};
    std::list<async::running> served; // connections
    codec::kind_registry registry = pods_and_widgets();
    codec::json_reader reader{registry};
    kube::api_client api{{.user_agent = "nodewall/0 (n1)",
                          .dial = [this](auto&, auto&) -> result<http::dialer> { return dial(); },
                          .pool = w.where()},
                         []() -> result<kube::server_config> {
                             return kube::server_config{.server =
                                                            http::parse_url("http://api").value()};
                         },
                         w.time,
                         reader,
                         *nowhere};
    kube::fake_sink log;
    int changes = 0;
    followed_kinds kinds{registry,
                         {.api = api,
                          .log = log,
                          .reader = reader,
                          .bodies = codec::body_mode::narrowed,
                          .time = w.time,
                          .random = [] { return 0.5; },
                          .logger = *nowhere},
                         [this] { ++changes; }};
    std::optional<async::running> following;
};

TEST_F(FollowedKinds, AKindThatTheServerDoesNotServeNeedNotBeWaitedFor) {
    start();
    EXPECT_EQ(widgets().state, "not served by this API server");
    EXPECT_TRUE(widgets().caught_up);
    EXPECT_TRUE(settled());
    EXPECT_TRUE(kinds.gate().every_one_listed);
    pass(5min);
    EXPECT_THAT(recorded(), ElementsAre("LIST@2:", "UNSERVED widgets.example.org"))
        << "once; a log that never had any of it adds nothing";
}

TEST_F(FollowedKinds, AKindThatIsInstalledWhileRunningIsListedAndWatched) {
    start();
    recorded();
    install();
    put("a");
    pass(70s);
    EXPECT_THAT(recorded(), ElementsAre("LIST@3: a"));
    put("b");
    EXPECT_THAT(recorded(), ElementsAre("ADDED@4 b"));
    EXPECT_TRUE(widgets().listed);
}

TEST_F(FollowedKinds, AKindThatAppearsWhileRunningDoesNotHoldTheGate) {
    start();
    install();
    control(R"({"break":"403","kind":"widgets","count":9})");
    pass(70s);
    EXPECT_THAT(widgets().last_error, HasSubstr("RBAC"));
    EXPECT_FALSE(widgets().caught_up) << "it is not ready";
    EXPECT_TRUE(settled());
    EXPECT_TRUE(kinds.gate().every_one_listed);
}

TEST_F(FollowedKinds, ARemovedDefinitionEndsItsObjectsByTheirDeletedEvents) {
    install();
    put("a");
    start();
    recorded();
    server.uninstall(widget_stream);
    pass(10s);
    EXPECT_THAT(recorded(), ElementsAre("DELETED@4 a"));
    pass(2min);
    EXPECT_THAT(recorded(), ElementsAre("UNSERVED widgets.example.org"));
    EXPECT_EQ(widgets().state, "not served by this API server");
    EXPECT_TRUE(settled());
}

TEST_F(FollowedKinds, A404DeletesNothingUntilTwoDiscoveriesHalfAMinuteApartLackTheKind) {
    install();
    put("a");
    start();
    recorded();
    server.uninstall(widget_stream, false);
    pass(29s); // the watch ends, the 404 calls for a discovery
    EXPECT_THAT(recorded(), IsEmpty());
    pass(10s);
    EXPECT_THAT(recorded(), ElementsAre("UNSERVED widgets.example.org"));
}

TEST_F(FollowedKinds, AKindThatIsBackWithinHalfAMinuteLosesNothing) {
    install();
    put("a");
    start();
    recorded();
    server.uninstall(widget_stream, false);
    pass(20s);
    install();
    pass(5min);
    EXPECT_THAT(recorded(), Not(Contains(HasSubstr("UNSERVED"))));
    EXPECT_TRUE(widgets().caught_up);
}

TEST_F(FollowedKinds, AKindThatComesBackIsListedAnew) {
    install();
    put("a");
    start();
    server.uninstall(widget_stream);
    pass(2min);
    recorded();
    install();
    put("b");
    pass(2min);
    EXPECT_THAT(recorded(), ElementsAre("LIST@5: b"));
    EXPECT_TRUE(widgets().caught_up);
}

TEST_F(FollowedKinds, AKindThatWentWhileTheServiceWasDownIsEnded) {
    log.cursors[widget_stream] = "4";
    ASSERT_TRUE(kinds.begin([this](std::string_view stream) -> result<std::optional<std::string>> {
        const auto found = log.cursors.find(stream);
        return found == log.cursors.end() ? std::nullopt : std::optional(found->second);
    }));
    EXPECT_TRUE(kinds.any_listed_before());
    start();
    EXPECT_THAT(recorded(), Not(Contains(HasSubstr("UNSERVED"))));
    pass(35s);
    EXPECT_THAT(recorded(), Contains("UNSERVED widgets.example.org"));
    EXPECT_FALSE(widgets().listed);
}

TEST_F(FollowedKinds, TheEndOfAKindIsRecordedAlthoughTheLogRefusesItAtFirst) {
    log.cursors[widget_stream] = "4";
    start();
    log.at_once = false;
    recorded();
    pass(35s);
    ASSERT_EQ(log.waiting.size(), 1U);
    log.fail();
    pass(5s);
    ASSERT_EQ(log.waiting.size(), 1U);
    log.complete();
    EXPECT_THAT(recorded(), ElementsAre("UNSERVED widgets.example.org"));
}

TEST_F(FollowedKinds, AnotherVersionIsFollowedFromWhereTheOldOneStood) {
    install("v1");
    put("a");
    start();
    recorded();
    install("v2");
    pass(70s);
    EXPECT_THAT(recorded(), IsEmpty()) << "nothing is listed again";
    EXPECT_TRUE(widgets().caught_up);
    put("b");
    EXPECT_THAT(recorded(), ElementsAre("ADDED@4 b"));
    server.uninstall(widget_stream, false); // of both
    install("v2");
    pass(10s);
    put("c");
    EXPECT_THAT(recorded(), Contains(HasSubstr(" c")));
}

TEST_F(FollowedKinds, AnUnreachableServerProvesNothing) {
    install();
    put("a");
    start();
    recorded();
    unreachable = true;
    stop();
    start();
    pass(5min);
    EXPECT_THAT(recorded(), IsEmpty());
    EXPECT_FALSE(widgets().caught_up);
    unreachable = false;
    pass(2min);
    EXPECT_TRUE(widgets().caught_up);
}

TEST_F(FollowedKinds, AnOptionalKindThatIsForbiddenFromTheStartDoesNotHoldTheGate) {
    install();
    put("a");
    control(R"({"break":"403","kind":"widgets","count":9})");
    start();
    EXPECT_FALSE(widgets().caught_up);
    EXPECT_THAT(widgets().last_error, HasSubstr("RBAC"));
    EXPECT_TRUE(settled());
    EXPECT_TRUE(kinds.gate().every_one_listed);
}

TEST_F(FollowedKinds, ARequiredKindThatIsForbiddenHoldsTheGate) {
    control(R"({"break":"403","kind":"pods","count":9})");
    start();
    EXPECT_FALSE(settled());
    EXPECT_FALSE(kinds.gate().every_one_listed);
}

TEST_F(FollowedKinds, AFirstListThatIsUnderWayHoldsTheGate) {
    install();
    put("a");
    control(R"({"break":"hang","kind":"widgets"})");
    start();
    EXPECT_FALSE(settled());
    EXPECT_FALSE(kinds.gate().every_one_listed);
}

TEST_F(FollowedKinds, OfAnotherClusterNothingIsListedYet) {
    install();
    put("a");
    start();
    EXPECT_TRUE(settled());
    stop();
    kinds.begin_anew();
    EXPECT_FALSE(settled());
    EXPECT_FALSE(kinds.gate().every_one_listed);
    EXPECT_FALSE(widgets().listed);
    EXPECT_EQ(widgets().state, "not discovered yet");
    log.cursors.clear();
    recorded();
    start();
    EXPECT_THAT(recorded(), Contains("LIST@3: a"));
}

TEST_F(FollowedKinds, StopsAtOnce) {
    install();
    put("a");
    start();
    following->cancel();
    pass(0s);
    EXPECT_TRUE(following->cancelled());
}

} // namespace
} // namespace nodewall::agent
