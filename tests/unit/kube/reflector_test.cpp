// A reflector against the small API server: pipes in memory, virtual time.
#include "kube/reflector.hpp"

#include "apiserver/server.hpp"
#include "async/pipe.hpp"
#include "fake_sink.hpp"
#include "unit/async/run.hpp"

#include <boost/asio/detached.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace nodewall::kube {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

class Reflector : public testing::Test {
protected:
    ~Reflector() override { stop(); }

    http::dialer dial() {
        return [this]() -> async::awaitable<result<std::unique_ptr<async::byte_stream>>> {
            return connect();
        };
    }
    async::awaitable<result<std::unique_ptr<async::byte_stream>>> connect() {
        if (unreachable)
            co_return http::errc::cannot_connect;
        auto [here, there] = async::make_pipe();
        boost::asio::co_spawn(w.context, serve(std::move(there)), boost::asio::detached);
        co_return std::move(here);
    }
    async::awaitable<void> serve(std::unique_ptr<async::byte_stream> peer) {
        const http::request_handler handle = [this](const http::server_request& request,
                                                    http::responder& out) {
            return server->handle(request, out);
        };
        co_await http::serve_connection(*peer, handle, {w.time, *lines, {}});
    }

    void make_server() {
        if (!server)
            server = std::make_unique<apiserver::api_server>(w.time, options);
    }
    void start(model::kind what = model::kind::pod, std::string version = "v1") {
        make_server();
        if (!watcher)
            watcher = std::make_unique<reflector>(
                *reader.kinds().find(what), std::move(version),
                reflector_tools{
                    .api = api,
                    .log = log,
                    .reader = reader,
                    .bodies = codec::body_mode::narrowed,
                    .time = w.time,
                    .random = [] { return 0.5; },
                    .logger = *lines,
                    .on_change = [this] { ++caught_up_changes; },
                    .on_not_found =
                        [this](const auto& kind) { not_found.push_back(kind.stream); }});
        stage.emplace(w, watcher->run());
        pass(0s);
    }
    void stop() {
        if (stage && !stage->ended()) {
            stage->cancel();
            pass(0s);
        }
        watcher.reset();
        pass(0s); // the server sees its connection closed
    }
    void pass(async::nanoseconds time) { w.time.run_for(w.context, time); }

    void put(const std::string& name, const std::string& label = "a") {
        model::object_key key{"web", name};
        auto body = boost::json::parse(R"({"metadata":{"name":")" + name +
                                       R"(","namespace":"web","labels":{"l":")" + label + "\"}}}");
        ASSERT_TRUE(server->store().put(model::kind::pod, key, body.as_object()));
        server->wake();
        pass(0s);
    }
    void remove(const std::string& name) {
        ASSERT_TRUE(server->store().remove(model::kind::pod, {"web", name}));
        server->wake();
        pass(0s);
    }
    void control(const std::string& body) {
        make_server();
        async::run(w, post("/_control", body));
        pass(0s);
    }
    async::awaitable<bool> post(std::string target, std::string body) {
        auto [peer, there] = async::make_pipe();
        boost::asio::co_spawn(w.context, serve(std::move(there)), boost::asio::detached);
        co_await async::write_all(*peer, "POST " + target + " HTTP/1.1\r\nContent-Length: " +
                                             std::to_string(body.size()) + "\r\n\r\n" + body);
        std::array<char, 4096> answer{};
        const auto count = co_await peer->async_read_some(answer);
        co_return count.has_value();
    }
    /// Requests since the last call, without the API's prefix.
    strings asked() {
        strings out;
        for (auto& line : std::exchange(requests, {}))
            out.push_back(line.substr(0, line.rfind(" HTTP") == std::string::npos
                                             ? line.find(' ', line.find(' ') + 1)
                                             : line.size()));
        return out;
    }
    strings recorded() { return std::exchange(log.record, {}); }
    std::string revision() const { return std::to_string(server->store().revision()); }

    async::world w;
    std::unique_ptr<logger> lines = make_null_logger();
    strings requests;
    strings not_found;
    apiserver::api_server_options options{
        .request_log = [this](std::string_view line) { requests.emplace_back(line); }};
    std::unique_ptr<apiserver::api_server> server;
    bool unreachable = false;

    codec::json_reader reader;
    api_client api{{.user_agent = "nodewall/0 (n1)",
                    .dial = [this](auto&, auto&) -> result<http::dialer> { return dial(); },
                    .pool = w.where(),
                    .page_bytes_max = 1U << 20U},
                   []() -> result<server_config> {
                       return server_config{.server = http::parse_url("http://api").value()};
                   },
                   w.time,
                   reader,
                   *lines};
    fake_sink log;
    std::unique_ptr<reflector> watcher;
    std::optional<async::running> stage;
    int caught_up_changes = 0;
};

TEST_F(Reflector, ListsThenWatchesFromTheListsVersion) {
    log.at_once = true;
    make_server();
    put("a");
    put("b");
    const auto listed = revision();
    start();
    EXPECT_EQ(recorded(), strings{"LIST@" + listed + ": a b"});
    EXPECT_EQ(asked(), (strings{"GET /api/v1/pods?limit=500",
                                "GET /api/v1/pods?watch=true&allowWatchBookmarks=true"
                                "&resourceVersion=" +
                                    listed + "&timeoutSeconds=450"}));
    EXPECT_TRUE(watcher->status().caught_up);
    EXPECT_EQ(caught_up_changes, 1);

    const auto before = w.time.steady();
    put("c");
    EXPECT_EQ(recorded(), strings{"ADDED@" + revision() + " c"});
    put("a", "b");
    EXPECT_EQ(recorded(), strings{"MODIFIED@" + revision() + " a"});
    remove("b");
    EXPECT_EQ(recorded(), strings{"DELETED@" + revision() + " b"});
    EXPECT_EQ(w.time.steady(), before) << "without any delay";
}

TEST_F(Reflector, ResumesFromTheLogWithAProbeAndNoList) {
    log.at_once = true;
    start();
    put("a");
    const auto cursor = revision();
    stop();
    recorded();
    put("b");
    remove("a");
    asked();
    start();
    EXPECT_EQ(asked(), (strings{"GET /api/v1/pods?limit=1&resourceVersion=" + cursor +
                                    "&resourceVersionMatch=NotOlderThan",
                                "GET /api/v1/pods?watch=true&allowWatchBookmarks=true"
                                "&resourceVersion=" +
                                    cursor + "&timeoutSeconds=450"}));
    ASSERT_FALSE(log.record.empty());
    std::string all;
    for (const auto& line : recorded())
        all += line + " ";
    EXPECT_NE(all.find(" b"), std::string::npos);
    EXPECT_NE(all.find("DELETED"), std::string::npos);
    EXPECT_TRUE(watcher->status().caught_up);
    EXPECT_EQ(watcher->status().relists, 0U);
}

TEST_F(Reflector, AnOutageIsNoReasonToList) {
    log.at_once = true;
    start();
    put("a");
    unreachable = true;
    control(R"({"restore":)" + revision() + "}");
    pass(10min);
    EXPECT_FALSE(watcher->status().caught_up);
    EXPECT_TRUE(watcher->status().last_error);
    recorded();
    unreachable = false;
    put("b");
    pass(1min);
    EXPECT_EQ(recorded().at(0), "ADDED@" + revision() + " b");
    EXPECT_EQ(watcher->status().relists, 0U);
    EXPECT_TRUE(watcher->status().caught_up);
}

TEST_F(Reflector, ForgottenHistoryIsListedAnew) {
    for (const auto* how : {"http", "event"}) {
        log.at_once = true;
        control(std::string(R"({"gone":")") + how + "\"}");
        start();
        put("a");
        stop();
        put("b");
        remove("a");
        control(R"({"compact":true})");
        put("c");
        recorded();
        start();
        const auto record = recorded();
        EXPECT_EQ(record.back(), "RELIST@" + revision() + ": b c") << how;
        EXPECT_EQ(record.size(), how == std::string("http") ? 1U : 2U) << "the ERROR event too";
        stop();
        remove("b");
        remove("c");
    }
}

TEST_F(Reflector, AServerRestoredFromABackupIsListedAnew) {
    log.at_once = true;
    start();
    put("a");
    const auto backup = revision();
    put("b");
    recorded();
    control("{\"restore\":" + backup + "}");
    pass(1s);
    const auto record = recorded();
    ASSERT_FALSE(record.empty());
    EXPECT_EQ(record.front(), "RELIST@" + backup + ": a");
}

TEST_F(Reflector, BrokenFramesThriceInARowLeadToAList) {
    for (const auto* fault : {"frame", "large"}) {
        log.at_once = true;
        start();
        put("a", fault);
        recorded();
        const auto cursor = revision();
        control(std::string(R"({"break":")") + fault + R"(","kind":"pods","count":3})");
        pass(1min);
        EXPECT_EQ(watcher->status().relists, 1U) << fault;
        auto record = recorded();
        EXPECT_EQ(record.back(), "RELIST@" + revision() + ": a") << fault;
        record.pop_back();
        EXPECT_EQ(record.size(), fault == std::string("large") ? 1U : 0U);
        for (const auto& line : record) {
            EXPECT_TRUE(line.starts_with(R"(TOO_LARGE pods {"bound":16777216,"bytes":167)"))
                << line;
            EXPECT_TRUE(line.ends_with(R"("resourceVersion":")" + cursor + "\"}")) << line;
        }
        put("a", "again");
        EXPECT_EQ(recorded(), strings{"MODIFIED@" + revision() + " a"}) << fault;
        stop();
    }
}

TEST_F(Reflector, AnObjectOverTheLimitIsLostAloneAndItsWatchGoesOn) {
    log.at_once = true;
    start();
    put("a");
    recorded();
    asked();
    put("b", std::string(limits::frame_bytes_max, 'x'));
    put("c");
    const auto record = recorded();
    ASSERT_FALSE(record.empty());
    std::string all;
    for (const auto& line : record)
        all += line + ", ";
    EXPECT_NE(all.find(" b unread"), std::string::npos) << all;
    EXPECT_NE(all.find(" c"), std::string::npos) << all;
    EXPECT_EQ(asked(), strings{}) << "nothing is asked for again";
    EXPECT_EQ(watcher->status().unread, 1U);
    EXPECT_TRUE(watcher->status().caught_up);
    EXPECT_EQ(watcher->status().resource_version, revision());
    stop();
    log.cursors.clear();
    start();
    pass(1s);
    EXPECT_EQ(recorded(), strings{"LIST@" + revision() + ": a b unread c"});
    EXPECT_TRUE(watcher->status().caught_up);
}

TEST_F(Reflector, APageOverTheLimitIsTakenInSmallerPages) {
    log.at_once = true;
    make_server();
    const std::string large((1U << 20U) / 8, 'x');
    std::string names;
    for (char name = 'a'; name <= 't'; ++name) {
        put(std::string(1, name), large);
        names += std::string(" ") + name;
    }
    start();
    pass(1s);
    EXPECT_EQ(recorded(), strings{"LIST@" + revision() + ":" + names});
    EXPECT_FALSE(watcher->status().last_error);
    const auto lists = asked();
    ASSERT_GE(lists.size(), 4U);
    EXPECT_EQ(lists[0], "GET /api/v1/pods?limit=500");
    EXPECT_TRUE(lists[1] == "GET /api/v1/pods?limit=7" || lists[1] == "GET /api/v1/pods?limit=8")
        << lists[1];
    EXPECT_LE(lists.size(), 5U) << "pages of seven, and the watch";
}

TEST_F(Reflector, AFailedAppendLosesNothing) {
    log.at_once = true;
    start();
    put("a");
    recorded();
    log.at_once = false;
    put("b");
    put("c");
    log.fail();
    pass(0s);
    EXPECT_TRUE(stage->ended());
    EXPECT_NE(stage->thrown(), "");
    EXPECT_TRUE(log.waiting.empty()) << "c must not go in without b";
    EXPECT_FALSE(watcher->status().caught_up) << "it follows nothing until it runs again";
    EXPECT_TRUE(watcher->status().last_error) << "and says why";
    log.at_once = true;
    start();
    std::string all;
    for (const auto& line : recorded())
        all += line + " ";
    EXPECT_NE(all.find(" b"), std::string::npos) << all;
    EXPECT_NE(all.find(" c"), std::string::npos) << all;
    EXPECT_EQ(watcher->status().relists, 0U);
}

TEST_F(Reflector, ReadsOnWhileTheLogIsBusy) {
    log.at_once = true;
    start();
    recorded();
    log.at_once = false;
    put("a");
    const auto first = revision();
    put("b");
    put("c");
    ASSERT_EQ(log.waiting.size(), 1U);
    log.complete();
    pass(0s);
    log.complete();
    const auto record = recorded();
    ASSERT_EQ(record.size(), 2U);
    EXPECT_EQ(record[0], "ADDED@" + first + " a");
    EXPECT_NE(record[1].find(" b, ADDED@"), std::string::npos) << record[1];
}

TEST_F(Reflector, AsksForTheVersionThatItIsTold) {
    options.endpoint_slices_version = "v1beta1";
    log.at_once = true;
    start(model::kind::endpoint_slice, "v1beta1");
    EXPECT_TRUE(watcher->status().caught_up);
    EXPECT_EQ(asked().at(0), "GET /apis/discovery.k8s.io/v1beta1/endpointslices?limit=500");
}

TEST_F(Reflector, AKindThatTheServerDoesNotFindIsToldAndDeletesNothing) {
    log.at_once = true;
    start(model::kind::endpoint_slice, "v1beta1"); // this server has v1
    EXPECT_EQ(not_found, strings{"endpointslices.discovery.k8s.io"});
    EXPECT_FALSE(watcher->status().caught_up);
    EXPECT_TRUE(recorded().empty());
}

TEST_F(Reflector, StopsAtOnceWhereverItIs) {
    for (const auto* fault : {"", R"({"break":"hang"})", R"({"break":"403"})"}) {
        log.at_once = *fault != '\0';
        if (*fault != '\0')
            control(fault);
        start();
        stage->cancel();
        pass(0s);
        EXPECT_TRUE(stage->cancelled()) << fault;
        stop();
    }
}

} // namespace
} // namespace nodewall::kube
