// Recompiling what changed equals compiling all, whatever the history; and what is compiled admits
// exactly whom a plain reading of the objects admits.
#include "compiler/compiler.hpp"

#include "projection/projector.hpp"
#include "property/compiler_history.hpp"
#include "property/compiler_oracle.hpp"
#include "property/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace nodewall::test {
namespace {

constexpr std::uint64_t seeds = 300;
constexpr std::size_t events_in_history = 120;

const model::gate_settings settings{.node_name = "here", .vital_ports = {}};

/// Every unit, by name and content.
std::string text_of(const ruleset::ruleset& rules) {
    std::string text;
    for (const auto& unit : rules.units())
        text += unit->name + ":\n" + unit->text();
    return text;
}

std::string steps_of(const ruleset::evaluator& evaluator, const ruleset::packet& p) {
    const auto answer = evaluator.ask(p);
    std::string text;
    for (const auto& step : answer.steps)
        text += "\n  " + step.chain + ": " + step.rule;
    if (answer.door != nullptr)
        text += "\n  by " + answer.door->name;
    return text;
}

TEST(CompilerProperty, RecompilingWhatChangedEqualsCompilingAll) {
    for_each_seed(seeds, [](std::uint64_t seed) {
        std::mt19937_64 chance(seed);
        projection::projector projector;
        compiler::compiler incremental(settings);
        for (const auto& event : random_cluster_history(seed, events_in_history)) {
            projector.apply(event);
            if (chance() % 3 == 0) // batches of several events
                continue;
            const auto changes = projector.take_changes();
            const auto rules = incremental.recompile(projector.state(), changes);
            compiler::compiler fresh(settings);
            ASSERT_EQ(text_of(rules), text_of(fresh.compile(projector.state())))
                << "after event " << event.seq << ' ' << event.type << ' ' << event.stream << ' '
                << event.namespace_ << '/' << event.name;
            ASSERT_EQ(*incremental.findings(), *fresh.findings());
        }
    });
}

TEST(CompilerProperty, AdmitsExactlyWhomAPlainReadingOfTheObjectsAdmits) {
    std::size_t refused = 0;
    std::size_t asked = 0;
    for_each_seed(seeds, [&](std::uint64_t seed) {
        std::mt19937_64 chance(seed);
        projection::projector projector;
        compiler::compiler compiler(settings);
        for (const auto& event : random_cluster_history(seed, events_in_history)) {
            projector.apply(event);
            const auto& state = projector.state();
            const auto rules = compiler.recompile(state, projector.take_changes());
            if (event.seq % 4 != 0)
                continue;
            const ruleset::evaluator evaluator(rules);
            for (int i = 0; i < 32; ++i) {
                const auto c = random_connection(chance);
                const auto expected = oracle_admits(state.objects, state.endpoint_slices_known,
                                                    settings.node_name, c);
                if (!expected)
                    continue;
                ASSERT_EQ(evaluator.admits(c), *expected)
                    << "after event " << event.seq << ": " << c.source.to_string() << " to "
                    << c.destination.to_string() << ' ' << to_string(c.proto) << ' ' << c.port
                    << steps_of(evaluator, c);
                refused += *expected ? 0 : 1;
                ++asked;
            }
        }
    });
    if (asked > 50'000) { // all seeds
        EXPECT_GT(refused, asked / 20) << "the histories refuse too rarely to tell anything";
    }
}

TEST(CompilerProperty, TheOrderInWhichObjectsCameMeansNothing) {
    for_each_seed(seeds, [](std::uint64_t seed) {
        auto history = random_cluster_history(seed, events_in_history);
        projection::projector forwards;
        for (const auto& event : history)
            forwards.apply(event);
        std::reverse(history.begin(), history.end());
        std::vector<model::event> last; // of each object
        for (const auto& event : history)
            if (std::none_of(last.begin(), last.end(), [&](const auto& e) {
                    return e.stream == event.stream && e.namespace_ == event.namespace_ &&
                           e.name == event.name;
                }))
                last.push_back(event);
        projection::projector backwards;
        for (const auto& event : last)
            backwards.apply(event);
        ASSERT_EQ(text_of(compiler::compiler(settings).compile(forwards.state())),
                  text_of(compiler::compiler(settings).compile(backwards.state())));
    });
}

} // namespace
} // namespace nodewall::test
