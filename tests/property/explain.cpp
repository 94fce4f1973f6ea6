// What explain says of the gate is what the compiled ruleset does: two readings of one
// specification that know nothing of each other.
#include "compiler/compiler.hpp"
#include "explain/explainer.hpp"
#include "projection/projector.hpp"
#include "property/compiler_history.hpp"
#include "property/seeds.hpp"
#include "unit/projection/tiered_policies.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace nodewall::test {
namespace {

constexpr std::uint64_t seeds = 300;
constexpr std::size_t events_in_history = 120;

const model::gate_settings settings{.node_name = "here", .vital_ports = {}};

/// Asked about a NodePort there, where the connection's destination is said to be local, else about
/// the address.
explain::answer ask(const explain::explainer& explainer, const ruleset::packet& c) {
    explain::question q{.from = c.source, .to = c.destination, .proto = c.proto, .port = c.port};
    if (c.destination_local) {
        q.to = explain::node_port_name{c.destination};
        auto answer = explainer.explain(q);
        if (answer.gate_admits)
            return answer;
        q.to = c.destination;
    }
    return explainer.explain(q);
}

/// Where a NodePort meets another door on an address that the Node does not name, the rules do not
/// know that they are one.
bool nobody_knows(const model::objects& objects, const explain::answer& a,
                  const ruleset::packet& c) {
    const auto node = objects.nodes.find({"", settings.node_name});
    const bool named =
        node != objects.nodes.end() &&
        std::ranges::find(node->second.addresses, c.destination) != node->second.addresses.end();
    const auto doors = std::ranges::count_if(
        a.steps, [](const explain::step& s) { return s.where == explain::point::front_door; });
    return c.destination_local && !named && doors > 1;
}

std::string text_of(const ruleset::packet& c, const explain::answer& a) {
    auto text = c.source.to_string() + " to " + (c.destination_local ? "local " : "") +
                c.destination.to_string() + ' ' + std::string(to_string(c.proto)) + '/' +
                std::to_string(c.port) + ": " + std::string(to_string(a.verdict));
    for (const auto& s : a.steps)
        text += "\n  " + std::string(to_string(s.where)) + ' ' + s.why;
    return text;
}

struct tally {
    std::size_t asked = 0, at_doors = 0, refused = 0;
};

/// Follows the history of the seed, and asks both of random connections.
void compare(std::uint64_t seed, tiers of, const policy::translators& translators, tally& seen) {
    std::mt19937_64 chance(seed);
    projection::projector projector(projection::projector::scope::everything, translators);
    compiler::compiler compiler(settings);
    for (const auto& event : random_cluster_history(seed, events_in_history, of)) {
        projector.apply(event);
        if (event.seq % 4 != 0)
            continue;
        const auto& state = projector.state();
        const auto rules = compiler.recompile(state, projector.take_changes());
        const explain::explainer explainer({.objects = state.objects,
                                            .endpoint_slices_known = state.endpoint_slices_known,
                                            .undecodable = state.undecodable,
                                            .settings = settings,
                                            .translators = translators});
        const ruleset::evaluator evaluator(rules);
        for (int i = 0; i < 32; ++i) {
            const auto c = random_connection(chance);
            const auto answer = ask(explainer, c);
            if (nobody_knows(state.objects, answer, c))
                continue;
            const bool admits = evaluator.admits(c);
            ASSERT_EQ(answer.gate_admits.value_or(true), admits)
                << "after event " << event.seq << ": " << text_of(c, answer);
            ++seen.asked;
            seen.at_doors += answer.gate_admits ? 1 : 0;
            seen.refused += admits ? 0 : 1;
        }
    }
}

void expect_enough(const tally& seen) {
    if (seen.asked <= 50'000)
        return; // not all seeds
    EXPECT_GT(seen.at_doors, 10'000U) << "too few connections meet a door to tell anything";
    EXPECT_GT(seen.refused, seen.at_doors / 20)
        << "the histories refuse too rarely to tell anything";
}

TEST(ExplainProperty, TheGateAdmitsWhomTheCompiledRulesAdmit) {
    tally seen;
    for_each_seed(seeds, [&](std::uint64_t seed) {
        compare(seed, tiers::default_alone, policy::builtin_translators(), seen);
    });
    expect_enough(seen);
}

TEST(ExplainProperty, TheGateAdmitsWhomTheCompiledRulesAdmitInEveryTier) {
    tally seen;
    for_each_seed(seeds,
                  [&](std::uint64_t seed) { compare(seed, tiers::all, tiered_by_labels(), seen); });
    expect_enough(seen);
}

} // namespace
} // namespace nodewall::test
