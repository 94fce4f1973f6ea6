// What becomes of a kind as discoveries find it, lack it, and cannot tell.
#include "kube/served_kinds.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

namespace nodewall::kube {
namespace {

using namespace std::chrono_literals;
using what = kind_answer::what;

codec::kind_registry two_kinds() {
    codec::kind_registry kinds;
    kinds.add({.group = "",
               .versions = {"v1"},
               .resource = "pods",
               .object_kind = "Pod",
               .needed = codec::kind_row::need::required});
    kinds.add({.group = "example.org",
               .versions = {"v2", "v1"},
               .resource = "widgets",
               .object_kind = "Widget"});
    return kinds;
}

struct ServedKinds : testing::Test {
    codec::kind_registry kinds = two_kinds();
    served_kinds served{kinds, [] { return 0.0; }};
    std::chrono::nanoseconds now = 100s;

    const codec::kind_row& pods() const { return *kinds.rows().at(0); }
    const codec::kind_row& widgets() const { return *kinds.rows().at(1); }
    const served_kind& pod() const { return served.kinds().at(0); }
    const served_kind& widget() const { return served.kinds().at(1); }

    void say(const codec::kind_row& of, what said, std::string version = {}) {
        kind_answer answer{.row = &of, .said = said, .version = std::move(version), .why = {}};
        if (said == what::unknown)
            answer.why = error(errc::busy, "/apis");
        served.on_answers({answer}, now);
    }
    std::vector<std::string> asked() const {
        std::vector<std::string> out;
        for (const auto* row : served.next(now).rows)
            out.push_back(row->stream);
        return out;
    }
};

TEST_F(ServedKinds, ARequiredKindIsServedBeforeAnybodyAsked) {
    EXPECT_EQ(pod().version, "v1");
    EXPECT_TRUE(pod().known);
    EXPECT_EQ(asked(), std::vector<std::string>{"widgets.example.org"});
    EXPECT_EQ(served.next(now).wait, 0s);
}

TEST_F(ServedKinds, AnOptionalKindIsServedAsDiscoveryFindsIt) {
    EXPECT_FALSE(widget().known);
    EXPECT_FALSE(widget().absent());
    say(widgets(), what::served, "v1");
    EXPECT_EQ(widget().version, "v1");
    EXPECT_EQ(served.next(now).wait, limits::discovery_interval);
    say(widgets(), what::served, "v2");
    EXPECT_EQ(widget().version, "v2") << "a better version came";
}

TEST_F(ServedKinds, AKindThatWasNeverThereIsAbsentAtOnce) {
    say(widgets(), what::lacking);
    EXPECT_TRUE(widget().absent());
    EXPECT_FALSE(widget().gone);
}

TEST_F(ServedKinds, AKindIsGoneWhenTwoDiscoveriesHalfAMinuteApartLackIt) {
    say(widgets(), what::served, "v1");
    now += 60s;
    say(widgets(), what::lacking);
    EXPECT_EQ(widget().version, "v1") << "one discovery proves nothing";
    EXPECT_EQ(served.next(now).wait, limits::kind_gone_after);
    now += 10s;
    say(widgets(), what::lacking);
    EXPECT_FALSE(widget().gone);
    EXPECT_EQ(served.next(now).wait, limits::kind_gone_after - 10s);
    now += 20s;
    say(widgets(), what::lacking);
    EXPECT_TRUE(widget().gone);
    EXPECT_TRUE(widget().absent());
    EXPECT_EQ(served.next(now).wait, limits::discovery_interval);
    say(widgets(), what::served, "v1");
    EXPECT_FALSE(widget().gone);
    EXPECT_EQ(widget().version, "v1");
}

TEST_F(ServedKinds, ADiscoveryThatFindsTheKindInBetweenBeginsTheHalfMinuteAnew) {
    say(widgets(), what::served, "v1");
    say(widgets(), what::lacking);
    now += 20s;
    say(widgets(), what::served, "v1");
    now += 20s;
    say(widgets(), what::lacking);
    EXPECT_FALSE(widget().gone);
}

TEST_F(ServedKinds, ADiscoveryThatFailsProvesNothing) {
    say(widgets(), what::served, "v1");
    say(widgets(), what::unknown);
    now += 60s;
    say(widgets(), what::unknown);
    EXPECT_FALSE(widget().gone);
    EXPECT_EQ(widget().version, "v1");
    EXPECT_TRUE(widget().problem.has_value());
    EXPECT_LE(served.next(now).wait, limits::backoff_max);
    say(widgets(), what::served, "v1");
    EXPECT_FALSE(widget().problem.has_value());
}

TEST_F(ServedKinds, AKindThatIsNotFoundWhereNoDiscoveryIsShownIsAbsentAndNeverGone) {
    say(widgets(), what::unseen);
    EXPECT_TRUE(widget().absent());
    EXPECT_FALSE(widget().problem.has_value());
    say(widgets(), what::served, "v1");
    for (int i = 0; i < 5; ++i) {
        now += 60s;
        say(widgets(), what::unseen);
    }
    EXPECT_FALSE(widget().gone);
    EXPECT_EQ(widget().version, "v1");
}

TEST_F(ServedKinds, A404CallsForADiscoverySoonButNotAtOnceAgain) {
    say(widgets(), what::served, "v1");
    now += 1s;
    served.on_not_found(widgets());
    EXPECT_EQ(served.next(now).wait, limits::discovery_pause - 1s);
    now += 20s;
    EXPECT_EQ(served.next(now).wait, 0s);
    say(widgets(), what::served, "v1");
    EXPECT_EQ(served.next(now).wait, limits::discovery_interval);
}

TEST_F(ServedKinds, ARequiredKindIsAskedAboutOnlyInDoubtAndNeverGone) {
    say(widgets(), what::served, "v1");
    served.on_not_found(pods());
    EXPECT_EQ(asked(), (std::vector<std::string>{"pods", "widgets.example.org"}));
    for (int i = 0; i < 3; ++i, now += 60s)
        say(pods(), what::lacking);
    EXPECT_FALSE(pod().gone);
    EXPECT_EQ(pod().version, "v1");
}

TEST_F(ServedKinds, OfAnotherClusterNothingIsKnown) {
    say(widgets(), what::served, "v1");
    served.forget();
    EXPECT_FALSE(widget().known);
    EXPECT_EQ(widget().version, "");
    EXPECT_EQ(served.next(now).wait, 0s);
}

} // namespace
} // namespace nodewall::kube
