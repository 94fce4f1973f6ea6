// The small API server over HTTP: pipes in memory, virtual time.
#include "apiserver/server.hpp"

#include "../async/run.hpp"
#include "async/pipe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::apiserver {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr auto manifest = R"(
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: web, annotations: {kept: "yes"}}
)";

class SmallServer : public testing::Test {
protected:
    SmallServer() {
        options.request_log = [this](std::string_view line) { requests.emplace_back(line); };
        server = std::make_unique<api_server>(world.time, options);
    }

    /// A connection of its own for each request.
    class asked {
    public:
        asked(SmallServer& test, const std::string& text)
            : test_(test), ends_(async::make_pipe()), serving_(test.world, serve()),
              asking_(test.world, ask(text)) {
            test.pass(0s);
        }
        ~asked() {
            ends_.first->close();
            test_.pass(0s);
        }

        const std::string& received() const { return received_; }
        bool ended() const { return serving_.ended(); }

    private:
        async::awaitable<void> serve() {
            co_await http::serve_connection(*ends_.second, test_.handler,
                                            {test_.world.time, *test_.log, {}});
        }
        async::awaitable<void> ask(std::string text) {
            co_await async::write_all(*ends_.first, text);
            std::array<char, 65536> chunk;
            for (;;) {
                const auto count = co_await ends_.first->async_read_some(chunk);
                if (!count || *count == 0)
                    co_return;
                received_.append(chunk.data(), *count);
            }
        }

        SmallServer& test_;
        std::pair<std::unique_ptr<async::byte_stream>, std::unique_ptr<async::byte_stream>> ends_;
        std::string received_;
        async::running serving_;
        async::running asking_;
    };

    std::unique_ptr<asked> get(const std::string& target) {
        return std::make_unique<asked>(
            *this, "GET " + target + " HTTP/1.1\r\nHost: x\r\nUser-Agent: test\r\n\r\n");
    }
    std::string post(const std::string& target, const std::string& body) {
        const asked posted(*this, "POST " + target + " HTTP/1.1\r\nContent-Length: " +
                                      std::to_string(body.size()) + "\r\n\r\n" + body);
        return posted.received();
    }
    std::string control(const std::string& body) { return post("/_control", body); }
    void create_namespace(const std::string& name) {
        EXPECT_THAT(
            post("/api/v1/namespaces",
                 R"({"kind":"Namespace","apiVersion":"v1","metadata":{"name":")" + name + R"("}})"),
            StartsWith("HTTP/1.1 201 "));
    }
    void pass(async::nanoseconds time) { world.time.run_for(world.context, time); }

    async::world world;
    std::unique_ptr<logger> log = make_null_logger();
    std::vector<std::string> requests;
    api_server_options options;
    std::unique_ptr<api_server> server;
    http::request_handler handler = [this](const http::server_request& request,
                                           http::responder& out) {
        return server->handle(request, out);
    };
};

TEST_F(SmallServer, ServesWhatItWasGivenWhole) {
    ASSERT_TRUE(server->load(manifest));
    EXPECT_THAT(get("/api/v1/namespaces/web/pods/a")->received(), HasSubstr(R"("kept":"yes")"));
    EXPECT_FALSE(server->load("no: {manifest"));
}

TEST_F(SmallServer, WritesDownWhoAskedForWhat) {
    get("/api/v1/pods?limit=1");
    control("{}");
    EXPECT_THAT(requests, testing::ElementsAre("GET /api/v1/pods?limit=1 test"));
}

TEST_F(SmallServer, TellsAWatchOfAChangeAtOnce) {
    const auto watch = get("/api/v1/namespaces?watch=1&resourceVersion=2");
    EXPECT_THAT(watch->received(), EndsWith("\r\n\r\n"));
    create_namespace("new");
    EXPECT_THAT(watch->received(), HasSubstr(R"({"type":"ADDED","object":{"kind":"Namespace")"));
    EXPECT_FALSE(watch->ended());
}

TEST_F(SmallServer, EndsAWatchAfterItsTimeWithABookmark) {
    const auto watch =
        get("/api/v1/pods?watch=1&resourceVersion=1&timeoutSeconds=30&allowWatchBookmarks=true");
    pass(29s);
    EXPECT_FALSE(watch->ended());
    pass(1s);
    EXPECT_TRUE(watch->ended());
    EXPECT_THAT(watch->received(), HasSubstr(R"({"type":"BOOKMARK")"));
    EXPECT_THAT(watch->received(), EndsWith("0\r\n\r\n"));
}

TEST_F(SmallServer, SendsBookmarksOnlyToThoseWhoAllowThem) {
    const auto with = get("/api/v1/pods?watch=1&resourceVersion=1&allowWatchBookmarks=true");
    const auto without = get("/api/v1/pods?watch=1&resourceVersion=1");
    pass(59s);
    EXPECT_THAT(with->received(), testing::Not(HasSubstr("BOOKMARK")));
    pass(1s);
    EXPECT_THAT(with->received(), HasSubstr("BOOKMARK"));
    EXPECT_THAT(without->received(), testing::Not(HasSubstr("BOOKMARK")));
}

TEST_F(SmallServer, SendsABookmarkWhenAskedTo) {
    const auto watch = get("/api/v1/pods?watch=1&resourceVersion=1&allowWatchBookmarks=true");
    EXPECT_THAT(control(R"({"bookmark":true})"),
                EndsWith(R"({"revision":2,"oldest":0,"watches":1})"));
    EXPECT_THAT(watch->received(), HasSubstr("BOOKMARK"));
}

TEST_F(SmallServer, ForgetsAWatchWhosePeerIsGone) {
    get("/api/v1/pods?watch=1&resourceVersion=1"); // and closes at once
    EXPECT_THAT(control("{}"), HasSubstr(R"("watches":0)"));
}

TEST_F(SmallServer, CutsWatchesWhenItGoesBackInTime) {
    create_namespace("late");
    const auto watch = get("/api/v1/namespaces?watch=1&resourceVersion=3");
    control(R"({"restore":2})");
    EXPECT_TRUE(watch->ended());
    EXPECT_THAT(watch->received(), EndsWith("\r\n\r\n"));
    EXPECT_THAT(get("/api/v1/namespaces/late")->received(), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(control(R"({"restore":7})"), StartsWith("HTTP/1.1 410 "));
}

TEST_F(SmallServer, BreaksWatchesThatAreUnderWay) {
    const auto broken = [&](const std::string& fault) {
        const auto watch = get("/api/v1/pods?watch=1&resourceVersion=2");
        control(R"({"break":")" + fault + R"(","kind":"pods"})");
        EXPECT_TRUE(watch->ended()) << fault;
        return watch->received();
    };
    EXPECT_THAT(broken("end"), EndsWith("\r\n\r\n0\r\n\r\n"));
    EXPECT_THAT(broken("close"), EndsWith("chunked\r\n\r\n"));
    EXPECT_THAT(broken("frame"), HasSubstr("\"metadata\":[}\n"));
    EXPECT_GT(broken("large").size(), limits::frame_bytes_max);
}

TEST_F(SmallServer, BreaksTheNextRequestsOfOneKind) {
    const auto after = [&](const std::string& fault) {
        control(R"({"break":")" + fault + R"(","kind":"pods"})");
        get("/api/v1/services"); // not its kind
        return get("/api/v1/pods")->received();
    };
    EXPECT_THAT(after("401"), StartsWith("HTTP/1.1 401 "));
    EXPECT_THAT(after("500"), HasSubstr(R"("code":500)"));
    EXPECT_THAT(after("html"), HasSubstr("text/html"));
    EXPECT_THAT(after("close"), IsEmpty());
    EXPECT_THAT(get("/api/v1/pods")->received(), StartsWith("HTTP/1.1 200 "));

    control(R"({"break":"hang"})");
    const auto hanging = get("/api/v1/pods");
    pass(1h);
    EXPECT_THAT(hanging->received(), IsEmpty());
    EXPECT_FALSE(hanging->ended());
}

TEST_F(SmallServer, CountsFaults) {
    control(R"({"break":"403","count":2})");
    EXPECT_THAT(get("/api/v1/pods")->received(), StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT(get("/api/v1/services")->received(), StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT(get("/api/v1/pods")->received(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(SmallServer, RefusesControlThatItDoesNotUnderstand) {
    for (const auto* body :
         {"", "[]", R"({"brake":"close"})", R"({"break":"huh"})", R"({"break":"200"})",
          R"({"compact":1})", R"({"break":"end","count":"x"})"})
        EXPECT_THAT(control(body), StartsWith("HTTP/1.1 400 ")) << body;
}

} // namespace
} // namespace nodewall::apiserver
