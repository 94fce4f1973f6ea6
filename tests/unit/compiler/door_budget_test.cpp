// Services whose addresses by ports are more than one object, or one namespace, may have.
#include "base/limits.hpp"
#include "cluster.hpp"
#include "policy/door_budget.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using what = model::change::what;

constexpr std::size_t ports_of_the_large = 100;

/// "bad/large", which leads to an open pod, by 100 ports on each of so many addresses.
model::service_object a_large_service(std::size_t addresses) {
    auto service = a_service("bad/large", 30052);
    service.cluster_ips = {ip("10.96.0.2")};
    auto port = service.ports.front();
    service.ports.clear();
    for (std::size_t i = 0; i < ports_of_the_large; ++i) {
        port.port = static_cast<std::uint16_t>(1000 + i);
        port.node_port = static_cast<std::uint16_t>(30100 + i);
        service.ports.push_back(port);
    }
    for (std::size_t i = 0; i < addresses; ++i)
        service.external_ips.push_back(ip(fmt::format("198.51.{}.{}", i / 128, i % 128 * 2)));
    return service;
}

class DoorBudget : public testing::Test {
protected:
    DoorBudget() {
        const auto victim = a_pod("web/pod", {"10.0.0.1"});
        const auto open = a_pod("bad/pod", {"10.0.0.2"});
        c.add(victim);
        c.add(open);
        c.add(a_node("here", "192.0.2.1"));
        c.add(a_service("web/site", 30051));
        c.add(a_slice("web/site", {to_pod(victim)}));
        c.add(a_policy("web/p", {{{block("203.0.113.0/24")}, {}}}));
        c.add(a_slice("bad/large", {to_pod(open)}));
    }
    cluster c;
};

TEST_F(DoorBudget, CountsAddressesByPorts) {
    EXPECT_EQ(policy::door_budget::doors_of(a_large_service(10)), 100U * (10 + 1 + 2));
    auto headless = a_large_service(10);
    headless.headless = true;
    EXPECT_EQ(policy::door_budget::doors_of(headless), 0U);
}

TEST_F(DoorBudget, AServiceOverItRefusesEveryoneAtAllOfItsDoors) {
    c.add(a_large_service(10));
    EXPECT_TRUE(dial(c.compile(), "203.0.113.9", "198.51.0.2", 1001)) << "within it";
    EXPECT_THAT(c.findings(), Not(Contains(HasSubstr("refuses everyone"))));

    auto large = a_large_service(200);
    large.external_ips.push_back(ip("192.0.2.1"));
    c.add(large);
    const auto rules = c.compile();
    EXPECT_THAT(c.findings(), Contains(HasSubstr("Service bad/large: refuses everyone: it has ")));
    EXPECT_FALSE(dial(rules, "203.0.113.9", "198.51.0.2", 1001));
    EXPECT_FALSE(dial(rules, "203.0.113.9", "198.51.1.2", 1099));
    EXPECT_FALSE(dial(rules, "203.0.113.9", "10.96.0.2", 1001)) << "its clusterIP";
    EXPECT_FALSE(dial_node(rules, "203.0.113.9", 30101)) << "its NodePort";
    EXPECT_FALSE(dial(rules, "203.0.113.9", "192.0.2.1", 1001))
        << "the node's address is among its own";
    EXPECT_LT(rules.units().size(), 2 * ports_of_the_large * 4);

    EXPECT_TRUE(dial(rules, "203.0.113.9", "198.51.0.2", 80)) << "no port of it";
    EXPECT_TRUE(dial(rules, "203.0.113.9", "198.51.0.1", 1001)) << "no address of it";
    EXPECT_TRUE(dial_node(rules, "203.0.113.9", 30051)) << "another's door";
    EXPECT_FALSE(dial_node(rules, "198.18.0.1", 30051)) << "another's door";
}

TEST_F(DoorBudget, NobodyElsesAddressIsShut) {
    auto large = a_large_service(200);
    auto open = a_service("other/open", 30053);
    open.cluster_ips = {ip("10.96.0.7")};
    open.ports.front().port = 1001;
    c.add(open);
    large.external_ips.push_back(ip("10.96.0.7"));
    c.add(large);
    const auto rules = c.compile();
    EXPECT_TRUE(dial(rules, "203.0.113.9", "10.96.0.7", 1001));
    EXPECT_FALSE(dial(rules, "203.0.113.9", "198.51.0.2", 1001));
}

TEST_F(DoorBudget, IsKeptByARecompilationToo) {
    c.add(a_large_service(10));
    compiler::compiler compiler(c.settings);
    c.resolve();
    compiler.compile(c.state);
    for (const std::size_t addresses : {200U, 10U, 200U}) {
        c.add(a_large_service(addresses));
        c.resolve();
        const auto after =
            compiler.recompile(c.state, {{.kind = what::service, .key = key("bad/large")}});
        EXPECT_EQ(after.digest_lines(),
                  compiler::compiler(c.settings).compile(c.state).digest_lines());
        EXPECT_EQ(dial(after, "203.0.113.9", "198.51.0.2", 1001), addresses == 10U);
    }
}

TEST(DoorBudgetOfANamespace, RefusesThoseThatDoNotFit) {
    policy::door_budget budget;
    const auto put = [&](const std::string& name) {
        auto service = a_large_service(60);
        service.meta.key.name = name;
        return budget.put(service);
    };
    for (const auto* name : {"a", "b", "c", "d", "e"})
        EXPECT_THAT(put(name), IsEmpty()) << name;
    EXPECT_THAT(put("f"), Contains(key("bad/f")));
    EXPECT_TRUE(budget.is_over(key("bad/f")));
    EXPECT_THAT(budget.over().begin()->second, HasSubstr("of namespace bad"));
    EXPECT_THAT(budget.erase(key("bad/b")), Contains(key("bad/f")));
    EXPECT_THAT(budget.over(), IsEmpty());
}

} // namespace
} // namespace nodewall::test
