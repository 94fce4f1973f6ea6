#include "projection/query_anchors.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace nodewall::projection {
namespace {

using operation = model::label_requirement::operation;

const model::label_set no_labels;

model::label_selector where(std::string key, std::vector<std::string> values) {
    return {.requirements = {{.key = std::move(key), .values = std::move(values)}}, .invalid = {}};
}

model::label_set labels(std::vector<std::pair<std::string, std::string>> pairs) {
    return model::label_set(std::move(pairs));
}

TEST(QueryAnchors, AQueryIsFoundThroughTheLabelThatItRequires) {
    const model::pod_query web{.namespace_ = "a", .pods = where("app", {"web"})};
    query_anchors anchors;
    anchors.add(web);
    EXPECT_EQ(anchors.candidates("a", no_labels, labels({{"app", "web"}})), std::vector{&web});
    EXPECT_TRUE(anchors.candidates("a", no_labels, labels({{"app", "api"}})).empty());
    EXPECT_TRUE(anchors.candidates("b", no_labels, labels({{"app", "web"}})).empty());
}

TEST(QueryAnchors, EachValueOfARequirementLeadsToTheQueryOnce) {
    const model::pod_query either{.namespace_ = "a", .pods = where("app", {"api", "web"})};
    query_anchors anchors;
    anchors.add(either);
    EXPECT_EQ(anchors.candidates("a", no_labels, labels({{"app", "web"}})), std::vector{&either});
    EXPECT_EQ(anchors.candidates("a", no_labels, labels({{"app", "api"}})), std::vector{&either});
}

TEST(QueryAnchors, AQueryThatRequiresNoLabelHangsOnItsNamespace) {
    const model::pod_query all{.namespace_ = "a"};
    query_anchors anchors;
    anchors.add(all);
    EXPECT_EQ(anchors.candidates("a", no_labels, no_labels), std::vector{&all});
    EXPECT_TRUE(anchors.candidates("b", no_labels, no_labels).empty());
}

TEST(QueryAnchors, AQueryOfNamespacesHangsOnTheirLabel) {
    const model::pod_query of_team{.namespaces = where("team", {"x"})};
    query_anchors anchors;
    anchors.add(of_team);
    EXPECT_EQ(anchors.candidates("a", labels({{"team", "x"}}), no_labels), std::vector{&of_team});
    EXPECT_TRUE(anchors.candidates("a", labels({{"team", "y"}}), no_labels).empty());
    EXPECT_TRUE(anchors.candidates("a", no_labels, labels({{"team", "x"}})).empty());
}

TEST(QueryAnchors, AQueryThatRequiresNothingIsAlwaysACandidate) {
    const model::pod_query all{.namespaces = model::label_selector{}};
    model::pod_query without_app{.namespaces = model::label_selector{}};
    without_app.pods.requirements = {{.key = "app", .op = operation::does_not_exist}};
    query_anchors anchors;
    anchors.add(all);
    anchors.add(without_app);
    EXPECT_EQ(anchors.candidates("a", no_labels, no_labels).size(), 2U);
}

TEST(QueryAnchors, AnInvalidSelectorIsNoCandidate) {
    model::pod_query broken{.namespace_ = "a"};
    broken.pods.invalid = "unknown operator";
    query_anchors anchors;
    anchors.add(broken);
    EXPECT_TRUE(anchors.candidates("a", no_labels, no_labels).empty());
    anchors.remove(broken);
}

TEST(QueryAnchors, ARemovedQueryIsNotFound) {
    const model::pod_query web{.namespace_ = "a", .pods = where("app", {"web", "www"})};
    query_anchors anchors;
    anchors.add(web);
    anchors.remove(web);
    EXPECT_TRUE(anchors.candidates("a", no_labels, labels({{"app", "web"}})).empty());
}

TEST(QueryAnchors, ALabelThatManyQueriesRequireIsNotWhereTheyHang) {
    std::vector<model::pod_query> queries;
    for (int i = 0; i < 100; ++i) {
        auto& query = queries.emplace_back(model::pod_query{.namespace_ = "a"});
        query.pods.requirements = {{.key = "env", .values = {"prod"}},
                                   {.key = "name", .values = {std::to_string(i)}}};
    }
    query_anchors anchors;
    for (const auto& query : queries)
        anchors.add(query);
    const auto pod = labels({{"env", "prod"}, {"name", "7"}});
    EXPECT_LE(anchors.candidates("a", no_labels, pod).size(), 3U);
}

} // namespace
} // namespace nodewall::projection
