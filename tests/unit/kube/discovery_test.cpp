// Discovery documents, and which of them a discovery asks for.
#include "kube/discovery.hpp"

#include "unit/http/fake_peer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::kube {
namespace {

using http::answer_text;
using testing::ElementsAre;
using what = kind_answer::what;

TEST(DiscoveryDocuments, AGroupListNamesGroupsAndTheirVersions) {
    const auto groups = read_group_list(R"({"kind":"APIGroupList","groups":[
        {"name":"a.io","versions":[{"groupVersion":"a.io/v1","version":"v1"},{"version":"v2"}]},
        {"name":"b.io","versions":[{"version":"v1"}],"preferredVersion":{"version":"v1"}},
        {"name":"broken"}]})");
    ASSERT_TRUE(groups) << groups.error().message();
    EXPECT_EQ(*groups, (group_versions{{"a.io", {"v1", "v2"}}, {"b.io", {"v1"}}}));
}

TEST(DiscoveryDocuments, AResourceListNamesWhatCanBeListedAndWatched) {
    const auto resources = read_resource_list(R"({"kind":"APIResourceList","resources":[
        {"name":"pods","verbs":["get","list","watch"]},
        {"name":"pods/status","verbs":["get"]},
        {"name":"bindings","verbs":["create"]},
        {"name":"odd"}]})");
    ASSERT_TRUE(resources) << resources.error().message();
    EXPECT_THAT(*resources, ElementsAre("pods"));
}

TEST(DiscoveryDocuments, WhatIsNoSuchListIsNeverAnEmptyOne) {
    for (const auto* text : {"", "{}", "[]", "null", R"({"kind":"APIGroupList"})",
                             R"({"kind":"Status","groups":[],"resources":[]})",
                             R"({"kind":"APIGroupList","groups":null,"resources":null})"}) {
        EXPECT_FALSE(read_group_list(text)) << text;
        EXPECT_FALSE(read_resource_list(text)) << text;
    }
}

struct Discovery : testing::Test {
    async::world w;
    http::fake_peer peer{w};
    codec::json_reader reader;
    std::unique_ptr<logger> log = make_null_logger();
    api_client api{{.user_agent = "nodewall/0 (n1)",
                    .dial = [this](auto&, auto&) -> result<http::dialer> { return peer.dial(); },
                    .pool = w.where()},
                   []() -> result<server_config> {
                       return server_config{.server = http::parse_url("http://api:8080").value()};
                   },
                   w.time,
                   reader,
                   *log};
    codec::kind_registry kinds;

    void add(std::string group, std::vector<std::string> versions, std::string resource) {
        kinds.add({.group = std::move(group),
                   .versions = std::move(versions),
                   .resource = std::move(resource),
                   .object_kind = "Any"});
    }
    void say(const std::string& body, const std::string& status = "200 OK") {
        peer.say(answer_text(status, "application/json", body));
    }
    void say_groups(const std::string& groups) {
        say(R"({"kind":"APIGroupList","groups":[)" + groups + "]}");
    }
    void say_resources(const std::string& name) {
        say(R"({"kind":"APIResourceList","resources":[{"name":")" + name +
            R"(","verbs":["list","watch"]}]})");
    }
    std::vector<std::string> discovered() {
        std::vector<const codec::kind_row*> rows;
        for (const auto& row : kinds.rows())
            rows.push_back(row.get());
        std::vector<std::string> out;
        for (const auto& a : async::run(w, discover(api, rows)))
            out.push_back(a.said == what::served    ? a.version
                          : a.said == what::lacking ? "lacking"
                          : a.said == what::unseen  ? "unseen"
                                                    : "unknown: " + a.why->message());
        return out;
    }
    std::vector<std::string> asked() const {
        std::vector<std::string> out;
        for (const auto& text : peer.requests)
            out.push_back(text.substr(4, text.find(" HTTP/") - 4));
        return out;
    }
};

TEST_F(Discovery, TakesTheMostPreferredOfTheVersionsThatAreServed) {
    add("a.io", {"v3", "v2", "v1"}, "things");
    say_groups(R"({"name":"a.io","versions":[{"version":"v1"},{"version":"v2"}]})");
    say_resources("things");
    EXPECT_THAT(discovered(), ElementsAre("v2"));
    EXPECT_THAT(asked(), ElementsAre("/apis", "/apis/a.io/v2"));
}

TEST_F(Discovery, AVersionThatServesOtherResourcesIsPassedOver) {
    add("a.io", {"v2", "v1"}, "things");
    say_groups(R"({"name":"a.io","versions":[{"version":"v1"},{"version":"v2"}]})");
    say_resources("others");
    say_resources("things");
    EXPECT_THAT(discovered(), ElementsAre("v1"));
}

TEST_F(Discovery, AsksForEachDocumentOnceAndOnlyWhereSomeKindNeedsIt) {
    add("", {"v1"}, "pods");
    add("a.io", {"v1"}, "things");
    add("a.io", {"v1"}, "others");
    add("none.io", {"v1"}, "missing");
    say_resources("pods");
    say_groups(R"({"name":"a.io","versions":[{"version":"v1"}]})");
    say_resources("things");
    EXPECT_THAT(discovered(), ElementsAre("v1", "v1", "lacking", "lacking"));
    EXPECT_THAT(asked(), ElementsAre("/api/v1", "/apis", "/apis/a.io/v1"));
}

TEST_F(Discovery, WhatOneGroupCannotSayConcernsItsKindsAlone) {
    add("a.io", {"v1"}, "things");
    add("b.io", {"v1"}, "others");
    say_groups(R"({"name":"a.io","versions":[{"version":"v1"}]},
                  {"name":"b.io","versions":[{"version":"v1"}]})");
    say("{}", "503 Service Unavailable");
    say_resources("others");
    const auto answers = discovered();
    EXPECT_NE(answers.at(0).find("unknown: "), std::string::npos) << answers.at(0);
    EXPECT_NE(answers.at(0).find("/apis/a.io/v1 at http://api:8080"), std::string::npos);
    EXPECT_EQ(answers.at(1), "v1");
}

/// Calico's: "offered.io" is what "stored.io" keeps, or CustomResourceDefinitions of its own.
struct DiscoveryOfTwins : Discovery {
    static constexpr auto both = R"({"name":"offered.io","versions":[{"version":"v3"}]},
                                    {"name":"stored.io","versions":[{"version":"v1"}]})";
    void SetUp() override {
        using twin = codec::kind_row::twin;
        kinds.add({.group = "offered.io",
                   .versions = {"v3"},
                   .resource = "things",
                   .object_kind = "Thing",
                   .role = twin::offered,
                   .twin_group = "stored.io"});
        kinds.add({.group = "stored.io",
                   .versions = {"v1"},
                   .resource = "things",
                   .object_kind = "Thing",
                   .role = twin::stored,
                   .twin_group = "offered.io"});
    }
    void say_service(const std::string& spec) {
        say(R"({"kind":"APIService","spec":{"group":"offered.io")" + spec + "}}");
    }
};

TEST_F(DiscoveryOfTwins, TheOfferedGroupIsReadWhereDefinitionsServeIt) {
    for (const auto* service : {R"(,"service":null)", ""}) {
        say_groups(both);
        say_service(service);
        say_resources("things");
        EXPECT_THAT(discovered(), ElementsAre("v3", "lacking"));
    }
    EXPECT_EQ(asked().at(1), "/apis/apiregistration.k8s.io/v1/apiservices/v3.offered.io");
}

TEST_F(DiscoveryOfTwins, TheStoredGroupIsReadWhereAnAggregatedServerOffersIt) {
    say_groups(both);
    say_service(R"(,"service":{"name":"calico-api","namespace":"calico-system"})");
    say_resources("things");
    EXPECT_THAT(discovered(), ElementsAre("lacking", "v1"));
}

TEST_F(DiscoveryOfTwins, TheOneThatIsServedIsRead) {
    say_groups(R"({"name":"stored.io","versions":[{"version":"v1"}]})");
    say_resources("things");
    EXPECT_THAT(discovered(), ElementsAre("lacking", "v1"));
    say_groups(R"({"name":"offered.io","versions":[{"version":"v3"}]})");
    say_resources("things");
    EXPECT_THAT(discovered(), ElementsAre("v3", "lacking"));
}

TEST_F(DiscoveryOfTwins, AServerThatKnowsNoAPIServiceAggregatesNothing) {
    say_groups(both);
    say("{}", "404 Not Found");
    say_resources("things");
    EXPECT_THAT(discovered(), ElementsAre("v3", "lacking"));
}

TEST_F(DiscoveryOfTwins, WhichIsReadIsUnknownWhileNobodyMayTell) {
    say_groups(both);
    say("{}", "403 Forbidden");
    for (const auto& answer : discovered())
        EXPECT_NE(answer.find("unknown: "), std::string::npos) << answer;
}

TEST_F(Discovery, AKindThatServesAnothersIsLackingWithoutIt) {
    kinds.add({.group = "",
               .versions = {"v1"},
               .resource = "serviceaccounts",
               .object_kind = "ServiceAccount",
               .only_beside = {"a.io", "b.io"}});
    say_groups(R"({"name":"c.io","versions":[{"version":"v1"}]})");
    EXPECT_THAT(discovered(), ElementsAre("lacking"));
    say_groups(R"({"name":"b.io","versions":[{"version":"v1"}]})");
    say_resources("serviceaccounts");
    EXPECT_THAT(discovered(), ElementsAre("v1"));
    say("{}", "403 Forbidden"); // a server that just starts: no group is known
    EXPECT_THAT(discovered(), ElementsAre("lacking"));
}

TEST_F(Discovery, AGroupListThatCannotBeHadLeavesEveryKindOfAGroupUnknown) {
    add("", {"v1"}, "pods");
    add("a.io", {"v1"}, "things");
    say_resources("pods");
    say("{}", "500 Internal Server Error");
    const auto answers = discovered();
    EXPECT_EQ(answers.at(0), "v1");
    EXPECT_NE(answers.at(1).find("unknown: "), std::string::npos) << answers.at(1);
}

TEST_F(Discovery, WhereNoDocumentIsShownTheKindItselfIsAskedFor) {
    add("a.io", {"v2", "v1"}, "things");
    for (const auto* refusal : {"403 Forbidden", "404 Not Found"}) {
        peer.requests.clear();
        say("{}", refusal);
        say("{}", "404 Not Found");
        say(R"({"metadata":{"resourceVersion":"9"},"items":[]})");
        EXPECT_THAT(discovered(), ElementsAre("v1"));
        EXPECT_THAT(asked(), ElementsAre("/apis", "/apis/a.io/v2/things?limit=1",
                                         "/apis/a.io/v1/things?limit=1"));
    }
    say("{}", "403 Forbidden");
    say("{}", "404 Not Found");
    say("{}", "404 Not Found");
    EXPECT_THAT(discovered(), ElementsAre("unseen"));
    say_groups(R"({"name":"a.io","versions":[{"version":"v2"}]})");
    say("{}", "403 Forbidden");
    say(R"({"metadata":{"resourceVersion":"9"},"items":[]})");
    EXPECT_THAT(discovered(), ElementsAre("v2"));
    say("{}", "403 Forbidden");
    say("{}", "403 Forbidden");
    const auto forbidden = discovered();
    EXPECT_TRUE(forbidden.at(0).starts_with("unknown: things.a.io at ")) << forbidden.at(0);
}

} // namespace
} // namespace nodewall::kube
