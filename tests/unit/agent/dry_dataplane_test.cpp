#include "agent/dry_dataplane.hpp"

#include "applier/plan.hpp"
#include "compiler/compiler.hpp"
#include "projection/projector.hpp"
#include "property/compiler_history.hpp"

#include <gtest/gtest.h>

namespace nodewall::agent {
namespace {

model::apply_outcome bring_to(dry_dataplane& kernel, const model::ruleset& to) {
    return kernel.apply(applier::make_plan(applier::to_ruleset(kernel.read().value()), to), 0);
}

TEST(DryDataplane, HoldsWhateverIsAppliedToIt) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        dry_dataplane kernel;
        projection::projector projected;
        compiler::compiler compiler({.node_name = "here"});
        for (const auto& e : test::random_cluster_history(seed, 60)) {
            projected.apply(e);
            const auto rules = compiler.recompile(projected.state(), projected.take_changes());
            EXPECT_TRUE(bring_to(kernel, rules).failures.empty());
            ASSERT_EQ(applier::to_ruleset(kernel.read().value()).digest_lines(),
                      rules.digest_lines());
        }
    }
}

TEST(DryDataplane, IsEmptyBeforeAndAfter) {
    dry_dataplane kernel;
    EXPECT_EQ(applier::to_ruleset(kernel.read().value()).rule_count(), 0U);
    compiler::compiler compiler({.node_name = "here"});
    const auto outcome = bring_to(kernel, compiler.compile({}));
    EXPECT_EQ(outcome.commits, 2U) << "a table for each family";
    EXPECT_GT(applier::to_ruleset(kernel.read().value()).rule_count(), 0U);
    bring_to(kernel, model::ruleset());
    EXPECT_EQ(applier::to_ruleset(kernel.read().value()).digest(), model::ruleset().digest());
    EXPECT_TRUE(kernel.read()->sets.empty());
}

} // namespace
} // namespace nodewall::agent
