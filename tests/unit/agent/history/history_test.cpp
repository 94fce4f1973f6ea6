#include "agent/history/history.hpp"

#include "../hooked_log.hpp"
#include "compiler/compiler.hpp"
#include "property/compiler_history.hpp"

#include <gtest/gtest.h>

namespace nodewall::agent {
namespace {

/// Into the log as watches bring it, each kind listed first; half of the seeds list no slices.
void fill(eventlog::log_writer& log, std::uint64_t seed) {
    std::vector<model::append_request> requests;
    for (const auto k : model::kinds)
        if (k != model::kind::endpoint_slice || seed % 2 == 0)
            requests.emplace_back(model::listed_objects{
                .stream = std::string(model::stream_name(k)), .resource_version = "1"});
    for (const auto& e : test::random_cluster_history(seed, 120)) {
        model::observed_event seen;
        seen.what = e.type == model::event_type::deleted ? model::observed_event::action::deleted
                                                         : model::observed_event::action::modified;
        seen.object = {e.namespace_, e.name, e.uid, std::to_string(requests.size()), e.body};
        requests.emplace_back(model::watch_events{e.stream, {seen}});
    }
    log.append(requests).value();
}

std::string rules_of(const history& h) {
    compiler::compiler c(settings_at(h, "here").value().gate);
    const auto rules = c.compile(h.projected.state());
    std::string text;
    for (const auto& unit : rules.units())
        text += unit->name + ":\n" + unit->text();
    return text;
}

TEST(History, TheHeadsAloneTellTheEndOfTheLog) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        hooked_log log;
        fill(log, seed);
        const auto now = history_now(log, standard_kinds()).value();
        const auto folded = history_at(log, standard_kinds(), {}, {}).value();
        EXPECT_EQ(now.seq, folded.seq);
        EXPECT_EQ(now.projected.state().endpoint_slices_known,
                  folded.projected.state().endpoint_slices_known);
        ASSERT_EQ(rules_of(now), rules_of(folded)) << "seed " << seed;
    }
}

TEST(History, ClusterWithoutSlicesThatListedThemIsNoClusterThatNeverDid) {
    for (const auto& [stream, known] :
         {std::pair("endpointslices.discovery.k8s.io", true), std::pair("services", false)}) {
        hooked_log log;
        const model::append_request list =
            model::listed_objects{.stream = stream, .resource_version = "1"};
        log.append({&list, 1}).value();
        EXPECT_EQ(history_now(log, standard_kinds())->projected.state().endpoint_slices_known,
                  known);
        EXPECT_EQ(
            history_at(log, standard_kinds(), {}, {})->projected.state().endpoint_slices_known,
            known);
    }
}

TEST(History, APointIsASequenceNumberOrATimeWithAZone) {
    EXPECT_EQ(parse_point("12")->seq, 12U);
    EXPECT_EQ(to_rfc3339(parse_point("2026-11-23T09:40:00+01:00")->time.value()),
              "2026-11-23T08:40:00Z");
    for (const auto* text : {"", "-1", "12x", "2026-11-23T09:40:00", "99999999999999999999"})
        EXPECT_FALSE(parse_point(text)) << text;
}

TEST(History, APointOutsideTheLogIsAnError) {
    hooked_log log;
    fill(log, 1);
    const auto end = log.tail()->seq;
    for (const auto seq : {std::uint64_t{0}, end + 1})
        EXPECT_TRUE(history_at(log, standard_kinds(), {seq, {}}, {})
                        .error()
                        .is(eventlog::errc::no_such_point));
    EXPECT_EQ(history_at(log, standard_kinds(), {end, {}}, {})->seq, end);
    EXPECT_EQ(history_at(log, standard_kinds(), {1, {}}, {})->seq, 1U);
}

TEST(History, TheConfigurationInForceIsTheLastBeforeThePoint) {
    hooked_log log;
    configuration config;
    for (const auto* node : {"old", "new"}) {
        config.gate.node_name = node;
        const model::append_request act =
            model::agent_event{std::string(model::event_type::configured),
                               configured_body(config, codec::standard_kinds()),
                               {}};
        log.append({&act, 1}).value();
    }
    const auto node_at = [&](std::uint64_t seq) {
        return settings_at(history_at(log, standard_kinds(), {seq, {}}, {}).value(), {})
            ->gate.node_name;
    };
    EXPECT_EQ(node_at(2), "old");
    EXPECT_EQ(node_at(3), "new");
    EXPECT_EQ(
        settings_at(history_at(log, standard_kinds(), {}, {}).value(), "other")->gate.node_name,
        "other");
}

} // namespace
} // namespace nodewall::agent
