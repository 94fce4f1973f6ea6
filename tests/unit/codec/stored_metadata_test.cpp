// Objects as Calico's API server stores them: labels and annotations stand in an annotation.
#include "codec/json_reader.hpp"
#include "decoding.hpp"

#include <fmt/core.h>

namespace nodewall::codec::testing {
namespace {

constexpr auto sets = "globalnetworksets.crd.projectcalico.org";
constexpr auto policies = "globalnetworkpolicies.crd.projectcalico.org";

struct read {
    model::label_set labels;
    bool staged = false;
    std::vector<std::string> left_out;
};

/// `kept`: the JSON in the annotation, with its quotes escaped; `beside`: fields of the metadata
/// and annotations beside it.
read of(std::string_view stream, std::string_view kept, std::string_view beside = "",
        std::string_view annotations = "") {
    json_reader reader;
    const auto* row = reader.kinds().find_stream(stream);
    const auto decoded =
        reader.decode(*row, fmt::format(R"({{"metadata":{{"name":"a"{},"annotations":{{{}
                               "projectcalico.org/metadata":"{}"}}}},"spec":{{}}}})",
                                        beside, annotations, kept));
    EXPECT_TRUE(decoded.has_value()) << decoded.error().message();
    if (!decoded)
        return {};
    const auto* part = std::get_if<model::policy_part>(&*decoded);
    const model::policy_object& object =
        part != nullptr ? *part : std::get<model::policy_object>(*decoded);
    return {object.meta.labels, object.staged, object.meta.not_understood};
}

TEST(StoredMetadata, LabelsStandInTheAnnotation) {
    EXPECT_EQ(of(sets, R"({\"creationTimestamp\":null,\"labels\":{\"role\":\"partner\"}})").labels,
              labels({{"role", "partner"}}));
    EXPECT_EQ(of(sets, R"({})").labels, labels({}));
    EXPECT_EQ(of(sets, R"({\"labels\":null})").labels, labels({}));
}

TEST(StoredMetadata, LabelsBesideItHoldWhereItDoesNotSayOtherwise) {
    EXPECT_EQ(of(sets, R"({\"labels\":{\"role\":\"partner\"}})",
                 R"(,"labels":{"role":"stranger","stage":"old"})")
                  .labels,
              labels({{"role", "partner"}, {"stage", "old"}}));
}

TEST(StoredMetadata, APolicyIsStagedByTheAnnotationThatPeopleWrote) {
    EXPECT_TRUE(of(policies, R"({\"annotations\":{\"nodewall.io/stage\":\"true\"}})").staged);
    EXPECT_FALSE(of(policies, R"({\"annotations\":{}})").staged);
    EXPECT_TRUE(of(policies, "{}", "", R"("nodewall.io/stage":"true",)").staged);
    EXPECT_FALSE(of(policies, R"({\"annotations\":{\"nodewall.io/stage\":\"false\"}})", "",
                    R"("nodewall.io/stage":"true",)")
                     .staged);
}

TEST(StoredMetadata, WhatCannotBeReadIsNotedAndSaysNothing) {
    const auto torn = of(sets, R"({\"labels\":)", R"(,"labels":{"role":"partner"})");
    EXPECT_EQ(torn.labels, labels({{"role", "partner"}}));
    ASSERT_EQ(torn.left_out.size(), 1U);
    EXPECT_NE(torn.left_out.front().find("projectcalico.org/metadata"), std::string::npos);
    EXPECT_EQ(of(sets, R"({\"labels\":[]})").left_out.size(), 1U);
    EXPECT_EQ(of(policies, R"({\"annotations\":{\"nodewall.io/stage\":\"yes\"}})").left_out.size(),
              1U);
}

TEST(StoredMetadata, TheGroupThatIsOfferedKeepsNothingThere) {
    const auto offered =
        of("globalnetworksets.projectcalico.org", R"({\"labels\":{\"role\":\"partner\"}})");
    EXPECT_EQ(offered.labels, labels({}));
}

} // namespace
} // namespace nodewall::codec::testing
