// Programs: ordered decisions in one spelling, and the union of several.
#include "cluster.hpp"
#include "compiler/decisions/peer_book.hpp"
#include "compiler/decisions/program.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

namespace nodewall::test {
namespace {

using compiler::outcome;
using compiler::program;
using compiler::sources;
using compiler::stage;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto v4 = model::family::ipv4;

sources blocks(std::initializer_list<std::string_view> texts) {
    sources who(v4);
    for (const auto text : texts)
        who.blocks.add(net(text));
    return who;
}

/// What the program says of a source, step by step; its sets hold nobody.
bool admits(const program& p, const model::ip_address& source) {
    std::size_t at = 0;
    for (;;) {
        const auto& s = p.stages().at(at);
        const auto hit = std::ranges::find_if(s.instructions, [&](const auto& i) {
            return i.who.anyone || i.who.blocks.contains(source);
        });
        const auto then = hit == s.instructions.end() ? s.end : hit->then;
        if (then.what != outcome::kind::pass)
            return then.what == outcome::kind::admit;
        at = then.stage;
    }
}

TEST(Program, WhatNobodyMeansAndWhatChangesNothingIsLeftOut) {
    const program p(v4, {{.instructions = {{blocks({}), outcome::refuse()},
                                           {blocks({"10.0.0.0/8"}), outcome::admit()},
                                           {blocks({"11.0.0.0/8"}), outcome::admit()},
                                           {blocks({"12.0.0.0/8"}), outcome::refuse()}},
                          .end = outcome::refuse()}});
    EXPECT_EQ(p, program::admit_only(blocks({"10.0.0.0/7"})));
}

TEST(Program, EndsWhereAnInstructionMeansAnyone) {
    const program p(v4, {{.instructions = {{blocks({"10.0.0.0/8"}), outcome::refuse()},
                                           {sources::everyone(v4), outcome::admit()},
                                           {blocks({"12.0.0.0/8"}), outcome::refuse()}},
                          .end = outcome::refuse()}});
    ASSERT_THAT(p.stages(), SizeIs(1));
    EXPECT_THAT(p.stages()[0].instructions, SizeIs(1));
    EXPECT_EQ(p.stages()[0].end, outcome::admit());
}

TEST(Program, ATierThatNobodyPassesFromIsNoStageOfItsOwn) {
    const program p(
        v4,
        {{.instructions = {{blocks({"10.0.0.0/8"}), outcome::refuse()}}, .end = outcome::pass(1)},
         {.instructions = {{blocks({"11.0.0.0/8"}), outcome::admit()}}, .end = outcome::refuse()}});
    ASSERT_THAT(p.stages(), SizeIs(1));
    EXPECT_TRUE(admits(p, ip("11.0.0.1")));
    EXPECT_FALSE(admits(p, ip("10.0.0.1")));
    EXPECT_FALSE(admits(p, ip("12.0.0.1")));
}

TEST(Program, WhoIsPassedMeetsTheNextTierAlone) {
    // [Pass P][Deny D] above [Allow A]
    const program p(v4, {{.instructions = {{blocks({"10.1.0.0/16"}), outcome::pass(1)},
                                           {blocks({"10.0.0.0/8"}), outcome::refuse()}},
                          .end = outcome::pass(1)},
                         {.instructions = {{blocks({"10.1.1.0/24"}), outcome::admit()}},
                          .end = outcome::refuse()}});
    EXPECT_THAT(p.stages(), SizeIs(2));
    EXPECT_TRUE(admits(p, ip("10.1.1.1")));
    EXPECT_FALSE(admits(p, ip("10.1.2.1")));
    EXPECT_FALSE(admits(p, ip("10.2.0.1")));
}

TEST(Program, TenThousandTiersThatOnlyRefuseAreOneStage) {
    std::vector<stage> tiers;
    sources all(v4);
    for (std::size_t n = 0; n < 10'000; ++n) {
        sources who(v4);
        who.blocks.add(net(fmt::format("10.{}.{}.0/25", n / 256, n % 256)));
        tiers.push_back({.instructions = {{who, outcome::refuse()}}, .end = outcome::pass(n + 1)});
    }
    tiers.push_back({.instructions = {}, .end = outcome::admit()});
    const program p(v4, std::move(tiers));
    ASSERT_THAT(p.stages(), SizeIs(1));
    ASSERT_THAT(p.stages()[0].instructions, SizeIs(1));
    EXPECT_THAT(p.stages()[0].instructions[0].who.blocks.blocks(), SizeIs(10'000));
    EXPECT_EQ(p.stages()[0].end, outcome::admit());
}

TEST(Program, AStageThatOneEndAndOneInstructionLeadToStaysAStage) {
    const program p(
        v4,
        {{.instructions = {{blocks({"10.0.0.0/8"}), outcome::pass(2)}}, .end = outcome::pass(1)},
         {.instructions = {{blocks({"11.0.0.0/8"}), outcome::refuse()}}, .end = outcome::pass(2)},
         {.instructions = {{blocks({"10.1.0.0/16", "12.0.0.0/8"}), outcome::admit()}},
          .end = outcome::refuse()}});
    ASSERT_THAT(p.stages(), SizeIs(2));
    EXPECT_EQ(p.stages()[0].instructions[0].then, outcome::pass(1));
    EXPECT_EQ(p.stages()[0].end, outcome::pass(1));
    EXPECT_TRUE(admits(p, ip("10.1.0.1")));
    EXPECT_FALSE(admits(p, ip("11.0.0.1")));
    EXPECT_TRUE(admits(p, ip("12.0.0.1")));
}

TEST(Program, WhatMeansAnyoneOnceStagesAreJoinedEndsAllThatLeadsThere) {
    // Stage 1 and stage 2 together refuse everyone; so does whoever is passed to stage 1.
    const program p(
        v4,
        {{.instructions = {{blocks({"10.0.0.0/8"}), outcome::pass(1)}}, .end = outcome::admit()},
         {.instructions = {{blocks({"0.0.0.0/1"}), outcome::refuse()}}, .end = outcome::pass(2)},
         {.instructions = {{blocks({"128.0.0.0/1"}), outcome::refuse()}},
          .end = outcome::admit()}});
    ASSERT_THAT(p.stages(), SizeIs(1));
    EXPECT_EQ(p.stages()[0].instructions[0].then, outcome::refuse());
}

TEST(Program, AnyOfThoseThatPlainlyAdmitIsPlainItself) {
    const auto both = program::any_of(v4, {program::admit_only(blocks({"10.0.0.0/8"})),
                                           program::refuse_everyone(v4),
                                           program::admit_only(blocks({"11.0.0.0/8"}))});
    EXPECT_EQ(both, program::admit_only(blocks({"10.0.0.0/7"})));
    EXPECT_TRUE(program::any_of(v4, {both, program::admit_everyone(v4)}).admits_everyone());
    EXPECT_TRUE(program::any_of(v4, {}).admits_nobody());
}

TEST(Program, ASetIsSharedAsLongAsSomebodyHoldsIt) {
    compiler::peer_book book;
    const model::pod_query query{.namespace_ = "web", .namespaces = {}, .pods = {}};
    const auto set = book.set_of(query, v4);
    EXPECT_EQ(book.set_of(query, v4), set);
    EXPECT_NE(book.set_of(query, model::family::ipv6)->name, set->name);
    EXPECT_THAT(book.sets_of(query), ElementsAre(set));
}

TEST(Program, BlocksOfARuleAreWrittenOutWhileTheyAreFew) {
    compiler::peer_book book;
    model::peers few{
        .any = false, .blocks = {{net("10.0.0.0/8"), {net("10.1.0.0/16")}}}, .pods = {}};
    EXPECT_THAT(book.sources_of(few, v4).sets, IsEmpty());
    model::peers many = few;
    for (int i = 0; i < 20; ++i)
        many.blocks.push_back({net("192.0." + std::to_string(2 * i) + ".0/24"), {}});
    const auto who = book.sources_of(many, v4);
    EXPECT_TRUE(who.blocks.empty());
    ASSERT_THAT(who.sets, SizeIs(1));
    EXPECT_EQ(book.sources_of(many, v4).sets, who.sets) << "one set for equal unions";
    EXPECT_TRUE(book.sources_of(few, model::family::ipv6).nobody());
}

// ---- random programs ---------------------------------------------------------------------------

/// A program before it is brought into one spelling.
struct draft {
    std::vector<stage> stages;
};

draft random_draft(std::mt19937_64& random) {
    const auto upto = [&](std::size_t n) { return random() % n; };
    draft d;
    const auto count = 1 + upto(3);
    for (std::size_t n = 0; n < count; ++n) {
        const auto any_outcome = [&] {
            const auto kind = upto(n + 1 < count ? 3 : 2);
            return kind == 0   ? outcome::admit()
                   : kind == 1 ? outcome::refuse()
                               : outcome::pass(n + 1 + upto(count - n - 1));
        };
        stage s;
        for (std::size_t i = upto(4); i > 0; --i) {
            sources who(v4);
            for (std::size_t k = upto(3); k > 0; --k)
                who.blocks.add(net("10.0.0." + std::to_string(upto(8)) + "/32"));
            if (upto(10) == 0)
                who = sources::everyone(v4);
            s.instructions.push_back({std::move(who), any_outcome()});
        }
        s.end = any_outcome();
        d.stages.push_back(std::move(s));
    }
    return d;
}

bool admits(const draft& d, const model::ip_address& source) {
    for (std::size_t at = 0;;) {
        const auto& s = d.stages.at(at);
        auto then = s.end;
        for (const auto& i : s.instructions)
            if (i.who.anyone || i.who.blocks.contains(source)) {
                then = i.then;
                break;
            }
        if (then.what != outcome::kind::pass)
            return then.what == outcome::kind::admit;
        at = then.stage;
    }
}

TEST(Program, SaysTheSameInItsOneSpellingAndInUnions) {
    std::mt19937_64 random(7);
    for (int round = 0; round < 20'000; ++round) {
        const std::array drafts{random_draft(random), random_draft(random)};
        const program first(v4, drafts[0].stages);
        const program second(v4, drafts[1].stages);
        const auto either = program::any_of(v4, {first, second});
        const auto limited = first.limited_to(blocks({"10.0.0.0/30"}));
        for (int i = 0; i < 9; ++i) {
            const auto source = ip("10.0.0." + std::to_string(i));
            const bool a = admits(drafts[0], source);
            const bool b = admits(drafts[1], source);
            ASSERT_EQ(admits(first, source), a) << round << " " << i;
            ASSERT_EQ(admits(either, source), a || b) << round << " " << i;
            ASSERT_EQ(admits(limited, source), a && i < 4) << round << " " << i;
        }
    }
}

} // namespace
} // namespace nodewall::test
