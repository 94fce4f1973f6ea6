// The projector's state depends on the content of the log, not on the path, and what it keeps up to
// date step by step equals what follows from the objects alone.
#include "projection/projector.hpp"

#include "property/projection_history.hpp"
#include "property/projection_oracle.hpp"
#include "property/seeds.hpp"
#include "unit/projection/objects.hpp"
#include "unit/projection/tiered_policies.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace nodewall::test {
namespace {

using scope = projection::projector::scope;

constexpr std::uint64_t seeds = 100;
constexpr std::size_t events_in_history = 150;

projection::projector make_projector(scope keeps = scope::everything) {
    return projection::projector(keeps, tiered_by_labels());
}

snapshot fold(const std::vector<model::event>& history) {
    auto p = make_projector();
    for (const auto& e : history)
        p.apply(e);
    return snapshot_of(p.state());
}

TEST(ProjectionProperty, EachStepEqualsResolvingAllObjectsAnew) {
    for_each_seed(seeds, [](std::uint64_t seed) {
        auto p = make_projector();
        p.take_changes();
        auto before = snapshot_of(p.state());
        for (const auto& e : random_history(seed, events_in_history)) {
            p.apply(e);
            auto after = snapshot_of(p.state());
            ASSERT_TRUE(after.resolved ==
                        resolve(after.objects, after.endpoint_slices_known, tiered_by_labels()))
                << e.type << ' ' << e.stream << ' ' << e.namespace_ << '/' << e.name;
            ASSERT_TRUE(p.take_changes() == changes_between(before, after))
                << e.type << ' ' << e.stream << ' ' << e.namespace_ << '/' << e.name;
            before = std::move(after);
        }
    });
}

TEST(ProjectionProperty, ABatchReportsAtLeastWhatItChanged) {
    for_each_seed(seeds, [](std::uint64_t seed) {
        std::mt19937_64 chance(seed);
        auto p = make_projector();
        p.apply(listed(model::kind::endpoint_slice));
        p.take_changes();
        auto before = snapshot_of(p.state());
        for (const auto& e : random_history(seed, events_in_history)) {
            p.apply(e);
            if (chance() % 8 != 0)
                continue;
            auto after = snapshot_of(p.state());
            const auto reported = p.take_changes();
            auto needed = changes_between(before, after);
            std::erase_if(needed,
                          [&](model::change change) { // the whole query stands for its blocks
                              change.block.reset();
                              return reported.contains(change);
                          });
            ASSERT_TRUE(
                std::includes(reported.begin(), reported.end(), needed.begin(), needed.end()));
            before = std::move(after);
        }
    });
}

TEST(ProjectionProperty, IndexingLateEqualsKeepingTheIndexes) {
    for_each_seed(seeds, [](std::uint64_t seed) {
        const auto history = random_history(seed, events_in_history);
        auto kept = make_projector();
        auto late = make_projector(scope::objects);
        const auto indexed_at = std::mt19937_64(seed)() % history.size();
        for (std::size_t i = 0; i < history.size(); ++i) {
            kept.apply(history[i]);
            late.apply(history[i]);
            if (i < indexed_at)
                continue;
            if (i == indexed_at) {
                late.index();
                late.take_changes();
                kept.take_changes();
            }
            ASSERT_TRUE(snapshot_of(late.state()) == snapshot_of(kept.state()));
            ASSERT_TRUE(late.take_changes() == kept.take_changes());
        }
    });
}

TEST(ProjectionProperty, AnyOrderOfIndependentEventsLeadsToTheSameState) {
    for_each_seed(seeds, [](std::uint64_t seed) {
        std::mt19937_64 chance(seed);
        const auto history = random_history(seed, events_in_history);
        const auto expected = fold(history);
        const auto objects = by_object(history);
        ASSERT_TRUE(fold(reversed(objects)) == expected);
        for (int i = 0; i < 5; ++i)
            ASSERT_TRUE(fold(shuffled(objects, chance)) == expected);
    });
}

TEST(ProjectionProperty, RepeatedEventsLeadToTheSameState) {
    for_each_seed(seeds, [](std::uint64_t seed) {
        const auto history = random_history(seed, events_in_history);
        std::vector<model::event> twice;
        for (const auto& e : history)
            twice.insert(twice.end(), 2, e);
        ASSERT_TRUE(fold(twice) == fold(history));
    });
}

TEST(ProjectionProperty, EventsThatSayNothingNewChangeNothing) {
    for_each_seed(seeds, [](std::uint64_t seed) {
        std::mt19937_64 chance(seed);
        auto p = make_projector();
        for (const auto& e : random_history(seed, events_in_history)) {
            p.apply(e);
            p.take_changes();
            if (chance() % 8 != 0)
                continue;
            const auto before = snapshot_of(p.state());
            p.apply(e);
            ASSERT_TRUE(p.take_changes().empty());
            ASSERT_TRUE(snapshot_of(p.state()) == before);
        }
    });
}

TEST(ProjectionProperty, TheLastEventOfEachObjectTellsTheWholeState) {
    for_each_seed(seeds, [](std::uint64_t seed) {
        const auto history = random_history(seed, events_in_history);
        const auto expected = fold(history);
        auto last = squashed(by_object(history));
        if (expected.endpoint_slices_known)
            last.push_back(listed(model::kind::endpoint_slice));
        ASSERT_TRUE(fold(last) == expected);
        std::reverse(last.begin(), last.end());
        ASSERT_TRUE(fold(last) == expected);
    });
}

TEST(ProjectionProperty, ADeletionThatComesAfterTheNextPodOfTheNameChangesNothing) {
    for_each_seed(seeds, [](std::uint64_t seed) {
        const auto history = random_history(seed, events_in_history);
        auto objects = by_object(history);
        for (auto& events : objects)
            for (std::size_t i = 0; i + 1 < events.size(); ++i)
                if (events[i].type == model::event_type::deleted && !events[i].uid.empty() &&
                    !events[i + 1].uid.empty() && events[i].uid != events[i + 1].uid)
                    std::swap(events[i], events[i + 1]);
        ASSERT_TRUE(fold(reversed(objects)) == fold(history));
    });
}

} // namespace
} // namespace nodewall::test
