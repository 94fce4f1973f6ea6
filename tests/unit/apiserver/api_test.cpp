// The small API server's answers, held against what kube-apiserver 1.20 answers.
#include "apiserver/api.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::apiserver {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view policies =
    "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies";

std::string policy(std::string_view name) {
    return R"({"kind":"NetworkPolicy","apiVersion":"networking.k8s.io/v1","metadata":{"name":")" +
           std::string(name) + R"("},"spec":{"podSelector":{}}})";
}

class SmallApi : public testing::Test {
protected:
    std::variant<api_reply, api_watch> ask(std::string_view method, std::string target,
                                           std::string_view body = {}) {
        const auto request = api.resources().parse(target);
        if (!request)
            return api_reply{request.error().code, request.error().to_json()};
        return api.answer(method, *request, body);
    }
    api_reply reply(std::string_view method, std::string target, std::string_view body = {}) {
        return std::get<api_reply>(ask(method, std::move(target), body));
    }
    boost::json::object get(std::string target) {
        return boost::json::parse(reply("GET", std::move(target)).body).as_object();
    }
    std::string frames(std::string target) {
        return std::get<api_watch>(ask("GET", std::move(target))).frames->take(1'000'000);
    }
    void create(std::string_view name) {
        ASSERT_EQ(reply("POST", std::string(policies), policy(name)).status, 201U);
    }

    api_machine api{{{"test", 100, [] { return timestamp{}; }}, "v1"}};
};

TEST_F(SmallApi, ListsWithItsRevisionAndItemsWithoutKind) {
    create("p");
    const auto list = get(std::string(policies));
    EXPECT_EQ(list.at("kind"), "NetworkPolicyList");
    EXPECT_EQ(list.at("metadata").at("resourceVersion"), "3");
    EXPECT_FALSE(list.at("items").at(0).as_object().contains("kind"));
    EXPECT_EQ(list.at("items").at(0).at("metadata").at("name"), "p");
}

TEST_F(SmallApi, ContinuesAListAsOfItsFirstPage) {
    create("a");
    create("b");
    const auto first = get(std::string(policies) + "?limit=1");
    const auto token = http::percent_encode(first.at("metadata").at("continue").as_string());
    EXPECT_EQ(first.at("metadata").at("remainingItemCount"), 1);
    ASSERT_EQ(reply("DELETE", std::string(policies) + "/b").status, 200U);
    const auto second = get(std::string(policies) + "?limit=1&continue=" + token);
    EXPECT_EQ(second.at("items").at(0).at("metadata").at("name"), "b");
    EXPECT_EQ(second.at("metadata").at("resourceVersion"), "4");
    EXPECT_FALSE(second.at("metadata").as_object().contains("continue"));

    api.store().compact();
    const auto gone = reply("GET", std::string(policies) + "?limit=1&continue=" + token);
    EXPECT_EQ(gone.status, 410U);
    EXPECT_THAT(gone.body, HasSubstr(R"("reason":"Expired")"));
    EXPECT_THAT(gone.body, HasSubstr(R"("continue":"-1/default/a")"));
}

TEST_F(SmallApi, RefusesABrokenContinueToken) {
    for (const auto* token : {"garbage", "1", "x/y/z", "99%2Fdefault%2Fa"})
        EXPECT_EQ(reply("GET", "/api/v1/pods?continue=" + std::string(token)).status, 400U)
            << token;
}

TEST_F(SmallApi, SaysOfARevisionInTheFutureThatItIsTooLarge) {
    const auto probe = "/api/v1/pods?limit=1&resourceVersionMatch=NotOlderThan&resourceVersion=";
    EXPECT_EQ(reply("GET", probe + std::string("2")).status, 200U);
    const auto refused = reply("GET", probe + std::string("9"));
    EXPECT_EQ(refused.status, 504U);
    EXPECT_EQ(refused.body,
              R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
              R"("message":"Timeout: Too large resource version: 9, current: 2",)"
              R"("reason":"Timeout","details":{"causes":[{"reason":"ResourceVersionTooLarge",)"
              R"("message":"Too large resource version"}]},"code":504})");
}

TEST_F(SmallApi, AnswersAnExactRevisionOrThatItIsGone) {
    create("p");
    const auto exact = std::string(policies) + "?resourceVersionMatch=Exact&resourceVersion=2";
    EXPECT_EQ(get(exact).at("items").as_array().size(), 0U);
    api.store().compact();
    EXPECT_EQ(reply("GET", exact).status, 410U);
    EXPECT_EQ(reply("GET", std::string(policies) + "?resourceVersion=2&limit=1").status, 410U);
    EXPECT_EQ(reply("GET", std::string(policies) + "?resourceVersion=2").status, 200U);
}

TEST_F(SmallApi, RefusesParametersThatARealServerRefuses) {
    EXPECT_EQ(reply("GET", "/api/v1/pods?resourceVersionMatch=NotOlderThan").status, 422U);
    EXPECT_EQ(reply("GET", "/api/v1/pods?watch=1&resourceVersion=2&resourceVersionMatch="
                           "NotOlderThan&sendInitialEvents=true")
                  .status,
              422U);
    EXPECT_EQ(reply("GET", "/api/v1/pods?limit=x").status, 400U);
    EXPECT_EQ(reply("GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Dn").status, 400U);
}

TEST_F(SmallApi, WatchesFromARevision) {
    create("p");
    const auto target =
        "/apis/networking.k8s.io/v1/networkpolicies?watch=1&resourceVersion=3&timeoutSeconds=7";
    auto watch = std::get<api_watch>(ask("GET", target));
    EXPECT_EQ(watch.timeout, std::chrono::seconds(7));
    EXPECT_FALSE(watch.bookmarks);
    EXPECT_EQ(watch.frames->take(1000), "");
    ASSERT_EQ(reply("DELETE", std::string(policies) + "/p").status, 200U);
    EXPECT_THAT(watch.frames->take(1000),
                testing::AllOf(StartsWith(R"({"type":"DELETED","object":{"kind":"NetworkPolicy",)"
                                          R"("apiVersion":"networking.k8s.io/v1",)"),
                               HasSubstr(R"("resourceVersion":"4")"), testing::EndsWith("}}\n")));
    EXPECT_EQ(watch.frames->take(1000), "");
}

TEST_F(SmallApi, BeginsAWatchWithoutARevisionWithWhatThereIs) {
    const auto begun = frames("/api/v1/namespaces?watch=true");
    EXPECT_THAT(begun, HasSubstr(R"("name":"default")"));
    EXPECT_THAT(begun, HasSubstr(R"("name":"kube-system")"));
}

TEST_F(SmallApi, SaysGoneOnceAndEndsTheWatch) {
    create("p");
    api.store().compact();
    auto watch = std::get<api_watch>(ask("GET", "/api/v1/pods?watch=1&resourceVersion=2"));
    EXPECT_EQ(watch.frames->take(1000),
              R"({"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},)"
              R"-("status":"Failure","message":"too old resource version: 2 (3)",)-"
              R"("reason":"Expired","code":410}})"
              "\n");
    EXPECT_TRUE(watch.frames->ended());
    EXPECT_EQ(watch.frames->take(1000), "");

    api.gone_by_http = true;
    EXPECT_EQ(reply("GET", "/api/v1/pods?watch=1&resourceVersion=2").status, 410U);
}

TEST_F(SmallApi, SaysNothingOnAWatchFromTheFuture) {
    auto watch = std::get<api_watch>(ask("GET", "/api/v1/pods?watch=1&resourceVersion=99"));
    EXPECT_EQ(watch.frames->take(1000), "");
    EXPECT_EQ(watch.frames->bookmark(), "");
}

TEST_F(SmallApi, BookmarksMoveOverOtherKindsToTheLastRevision) {
    auto watch = std::get<api_watch>(ask("GET", "/api/v1/pods?watch=1&resourceVersion=2"));
    create("p");
    EXPECT_EQ(watch.frames->take(1000), "");
    EXPECT_EQ(watch.frames->bookmark(),
              R"({"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":)"
              R"({"resourceVersion":"3","creationTimestamp":null}}})"
              "\n");
}

TEST_F(SmallApi, RefusesObjectsThatDoNotBelongWhereTheyAreSent) {
    const auto status = [&](std::string_view method, std::string target, std::string_view body) {
        return reply(method, std::move(target), body).status;
    };
    EXPECT_EQ(status("POST", std::string(policies), "{bad"), 400U);
    EXPECT_EQ(status("POST", "/api/v1/namespaces/default/pods", policy("p")), 400U);
    EXPECT_EQ(status("POST", std::string(policies), policy("")), 422U);
    EXPECT_EQ(status("POST", "/apis/networking.k8s.io/v1/networkpolicies", policy("p")), 405U);
    EXPECT_EQ(status("PUT", std::string(policies) + "/q", policy("p")), 400U);
    EXPECT_EQ(status("PUT", std::string(policies) + "/p", policy("p")), 404U);
    EXPECT_EQ(status("PATCH", std::string(policies), "{}"), 405U);
    create("p");
    EXPECT_EQ(status("POST", std::string(policies), policy("p")), 409U);
    EXPECT_EQ(status("PUT", std::string(policies) + "/p", policy("p")), 200U);
}

TEST_F(SmallApi, OffersTheEndpointSlicesOfItsAge) {
    EXPECT_EQ(get("/apis/discovery.k8s.io").at("preferredVersion").at("version"), "v1");
    const auto old = api_resources("v1beta1");
    EXPECT_TRUE(old.parse("/apis/discovery.k8s.io/v1beta1/endpointslices"));
    EXPECT_FALSE(old.parse("/apis/discovery.k8s.io/v1/endpointslices"));
    EXPECT_EQ(api_resources("").parse("/apis/discovery.k8s.io").error().code, 404U);
}

TEST_F(SmallApi, KnowsItsPathsAndNoOthers) {
    EXPECT_EQ(reply("GET", "/version").status, 200U);
    EXPECT_EQ(reply("GET", "/readyz").body, "ok");
    EXPECT_EQ(get("/api/v1").at("kind"), "APIResourceList");
    EXPECT_EQ(get("/apis").at("groups").as_array().size(), 2U);
    EXPECT_EQ(get("/api/v1/namespaces/kube-system").at("kind"), "Namespace");
    for (const auto* path : {"/", "/api/v2", "/api/v1/secrets", "/apis/none", "/api/v1/pods/a",
                             "/api/v1/namespaces/default/nodes", "/api/v1/nodes/a/status"})
        EXPECT_EQ(reply("GET", path).status, 404U) << path;
}

} // namespace
} // namespace nodewall::apiserver
