#include "ruleset/unit_map.hpp"

#include "ruleset/unit.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace nodewall::ruleset {
namespace {

unit_map::value_type named(std::string name) {
    return make_unit(std::move(name), model::family::ipv4, entry{}, {});
}

std::vector<std::string> names_in(const unit_map& units) {
    std::vector<std::string> names;
    for (const auto& u : units)
        names.push_back(u->name);
    return names;
}

std::string name_of(unsigned number) {
    return "unit/" + std::to_string(number);
}

TEST(UnitMap, IsReadInTheOrderOfNames) {
    unit_map units;
    for (const auto* name : {"c", "a", "d", "b"})
        EXPECT_EQ(units.put(named(name)), nullptr);
    EXPECT_EQ(names_in(units), (std::vector<std::string>{"a", "b", "c", "d"}));
    EXPECT_EQ(units.size(), 4U);
    EXPECT_EQ(units.at("c")->name, "c");
    EXPECT_EQ(units.find("e"), nullptr);
    EXPECT_THROW((void)units.at("e"), std::out_of_range);
    EXPECT_THROW((void)unit_map().at("e"), std::out_of_range);
}

TEST(UnitMap, GivesBackWhatWasReplacedAndWhatWasTakenOut) {
    unit_map units;
    const auto first = named("a");
    const auto second = named("a");
    units.put(first);
    EXPECT_EQ(units.put(second), first);
    EXPECT_EQ(units.size(), 1U);
    EXPECT_EQ(units.erase("a"), second);
    EXPECT_EQ(units.erase("a"), nullptr);
    EXPECT_TRUE(units.empty());
    EXPECT_EQ(units.begin(), units.end());
}

TEST(UnitMap, ACopyDoesNotSeeLaterChanges) {
    unit_map before;
    for (unsigned i = 0; i < 500; ++i)
        before.put(named(name_of(i)));
    auto after = before;
    const auto changed = named(name_of(77));
    after.put(changed);
    after.erase(name_of(400));
    EXPECT_NE(before.at(name_of(77)), changed);
    EXPECT_TRUE(before.contains(name_of(400)));
    EXPECT_EQ(before.size(), after.size() + 1);
}

/// Against std::map, step by step, with a copy now and then that is compared with what came of it.
TEST(UnitMap, BehavesAsAMapAndNamesExactlyWhatDiffers) {
    std::mt19937_64 random(1);
    std::map<std::string, unit_map::value_type> expected, expected_before;
    unit_map units, before;
    for (int step = 0; step < 20'000; ++step) {
        const auto name = name_of(static_cast<unsigned>(random() % 700));
        if (random() % 3 == 0) {
            units.erase(name);
            expected.erase(name);
        } else {
            const auto u = named(name);
            units.put(u);
            expected[name] = u;
        }
        if (step % 50 != 0)
            continue;
        ASSERT_EQ(units.size(), expected.size());
        auto at = expected.begin();
        for (const auto& u : units)
            ASSERT_EQ(u, (at++)->second);

        std::map<std::string, std::pair<unit_map::value_type, unit_map::value_type>> differing;
        for (const auto& [key, u] : expected_before)
            differing[key].first = u;
        for (const auto& [key, u] : expected)
            differing[key].second = u;
        std::erase_if(differing, [](const auto& d) { return d.second.first == d.second.second; });
        const auto found = unit_map::differences(before, units);
        ASSERT_EQ(found.size(), differing.size());
        auto wanted = differing.begin();
        for (const auto& [from, to] : found) {
            ASSERT_EQ(from, wanted->second.first);
            ASSERT_EQ(to, wanted->second.second);
            ++wanted;
        }
        ASSERT_EQ(before == units, differing.empty());
        if (random() % 4 == 0) {
            before = units;
            expected_before = expected;
        }
    }
}

} // namespace
} // namespace nodewall::ruleset
