// SEMANTICS section 5: during an apply each connection gets the verdict of the prefix before or of
// the one after. Random rulesets, applied member by member. Another run: --gtest_random_seed=N.
#include "applier/plan.hpp"

#include "layout_ruleset.hpp"
#include "memory_kernel.hpp"

#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <random>

namespace nodewall::test {

namespace {

namespace layout = model::layout;
using layout::door_class;
using model::family;
using model::protocol;

constexpr unsigned pairs_of_rulesets = 60;
constexpr std::array<std::uint16_t, 3> ports{22, 80, 30051};

struct addresses {
    std::vector<const char*> sources, blocks;
    const char *node, *external, *cluster;
};

const addresses& of(family f) {
    static const addresses v4{
        {"10.1.2.5", "10.1.9.9", "10.2.0.1", "198.51.100.1"},
        {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.2.0.1/32", "128.0.0.0/1"},
        "192.0.2.1",
        "203.0.113.7",
        "10.96.0.10"};
    static const addresses v6{{"fd00:1:2::5", "fd00:1:9::9", "2001:db8::1"},
                              {"fd00::/8", "fd00:1::/32", "fd00:1:2::/48", "2001:db8::1/128"},
                              "2001:db8:1::1",
                              "2001:db8:2::7",
                              "fd00:96::10"};
    return f == family::ipv4 ? v4 : v6;
}

class generator {
public:
    explicit generator(unsigned seed) : random_(seed) {}

    bool one_in(unsigned n) { return std::uniform_int_distribution<unsigned>(1, n)(random_) == 1; }

    model::ruleset ruleset() {
        model::ruleset rules;
        for (const auto f : model::families) {
            if (one_in(8))
                continue; // nothing of ours in this family
            put_layout(rules, f);
            fill(rules, f);
        }
        return rules;
    }

private:
    void fill(model::ruleset& rules, family f) {
        std::vector<model::ip_address> pods;
        std::vector<model::set_member> always;
        for (const auto* source : of(f).sources)
            if (one_in(3))
                pods.push_back(ip(source));
        for (const auto* source : of(f).blocks)
            if (one_in(6))
                always.push_back({.net = block(source)});
        put_pods(rules, pods);
        put_set(rules, layout::always_set(f), always);
        if (one_in(4))
            put_set(rules,
                    {.name = f == family::ipv4 ? "NW-OLD-4" : "NW-OLD-6",
                     .type = model::set_type::hash_net,
                     .fam = f},
                    always);
        for (const auto proto : {protocol::tcp, protocol::udp}) {
            maybe_put(rules, nodeport(proto, 30051, f));
            maybe_put(rules, nodeport(proto, 80, f));
            maybe_put(rules, {door_class::external, f, ip(of(f).external), proto, 80});
            maybe_put(rules, {door_class::external, f, ip(of(f).node), proto, 22});
            maybe_put(rules, {door_class::external, f, ip(of(f).node), proto, 80}); // and NodePort
            maybe_put(rules, {door_class::clusterip, f, ip(of(f).cluster), proto, 80});
        }
    }

    void maybe_put(model::ruleset& rules, const layout::door& door) {
        if (one_in(3))
            return;
        std::vector<model::cidr> admitted;
        for (const auto* source : of(door.fam).blocks)
            if (one_in(3))
                admitted.push_back(block(source));
        put_door(rules, door, admitted);
    }

    std::mt19937 random_;
};

std::vector<model::connection> all_connections() {
    std::vector<model::connection> all;
    for (const auto f : model::families)
        for (const auto* source : of(f).sources)
            for (const auto proto : {protocol::tcp, protocol::udp})
                for (const auto* destination : {of(f).node, of(f).external, of(f).cluster})
                    for (const std::uint16_t port : ports)
                        all.push_back({.source = ip(source),
                                       .destination = ip(destination),
                                       .proto = proto,
                                       .port = port,
                                       .destination_local = destination == of(f).node});
    return all;
}

std::vector<bool> verdicts(const model::ruleset& rules,
                           const std::vector<model::connection>& connections) {
    std::vector<bool> all;
    for (const auto& connection : connections)
        all.push_back(model::admits(rules, connection));
    return all;
}

TEST(Apply, GivesEachConnectionTheVerdictBeforeOrAfterAtEveryInstant) {
    const auto connections = all_connections();
    std::size_t instants = 0;
    std::size_t flips = 0;
    for (unsigned n = 0; n < pairs_of_rulesets; ++n) {
        const auto seed = static_cast<unsigned>(GTEST_FLAG_GET(random_seed)) * 1000 + n;
        SCOPED_TRACE("seed " + std::to_string(seed));
        generator random(seed);
        const auto from = random.ruleset();
        const auto to = random.ruleset();
        const auto before = verdicts(from, connections);
        const auto after = verdicts(to, connections);
        memory_kernel kernel;
        ASSERT_TRUE(kernel.apply(applier::make_plan({}, from)).failures.empty());

        kernel.on_change = [&] {
            ++instants;
            const auto now = verdicts(applier::to_ruleset(kernel.now), connections);
            for (std::size_t i = 0; i < connections.size(); ++i) {
                flips += now[i] != before[i] ? 1U : 0U;
                ASSERT_TRUE(now[i] == before[i] || now[i] == after[i])
                    << connections[i].source.to_string() << " to "
                    << connections[i].destination.to_string() << " port " << connections[i].port;
            }
        };
        const auto outcome = kernel.apply(applier::make_plan(from, to));
        ASSERT_TRUE(outcome.failures.empty()) << outcome.failures.front().message();
        ASSERT_EQ(applier::to_ruleset(kernel.now).digest_lines(), to.digest_lines());
        ASSERT_FALSE(HasFatalFailure());
    }
    EXPECT_GT(flips, 1000U) << "the rulesets hardly differ";
    std::cout << instants << " instants of " << connections.size() << " connections\n";
}

} // namespace

} // namespace nodewall::test
