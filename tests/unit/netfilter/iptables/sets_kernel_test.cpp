// Reading the real kernel's sets back.
#include "kernel_fixture.hpp"

#include "harness/gate.hpp"

#include <algorithm>
#include <fstream>
#include <string>

namespace nodewall::test {

namespace {

using model::family;

/// A door whose decision reads two sets: its slot has a list of sets.
ruleset::gate with_a_list_of_sets() {
    ruleset::gate g;
    const auto f = family::ipv4;
    const auto web = g.peers(f, "web", {ruleset::ip("10.42.0.9")});
    const auto blue = g.peers(f, "blue", {ruleset::ip("10.42.1.9")});
    g.shut(ruleset::nodeport(30051, f), g.decide(f, ruleset::admit_only({{web, blue}, {}})));
    return g;
}

class Sets : public KernelTest {};

/// A kernel whose table of sets is full tells of no list of sets when it is asked for all (the
/// table has 256 places, and 64 more each time that it grows).
TEST_F(Sets, AreAllReadWhereTheKernelsTableOfThemIsFull) {
    const auto rules = with_a_list_of_sets().rules;
    apply(rules);
    ASSERT_NE(lines_with(shell("ipset save"), "list:set"), "");
    const auto standing = std::ranges::count(shell("ipset list -n"), '\n');
    const auto places = std::max<std::ptrdiff_t>(256, (standing + 63) / 64 * 64);
    const auto file = testing::TempDir() + "/full_table_of_sets";
    for (auto more = places; more <= places + 64; more += 64) {
        std::ofstream text(file, std::ios::trunc);
        for (auto n = more == places ? standing : more - 64; n < more; ++n)
            text << "create other-" << n << " hash:ip\n";
        text.close();
        shell("ipset restore <" + file);
        const auto view = read_back();
        EXPECT_EQ(view.rules.digest(), rules.digest()) << more << " sets";
        EXPECT_EQ(backend->apply(std::make_shared<const ruleset::ruleset>(rules)).steps, 0U);
    }
}

} // namespace

} // namespace nodewall::test
