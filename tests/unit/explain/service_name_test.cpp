// Questions to a Service by its name: what is dialled, and what is said where that cannot be told.
#include "cluster.hpp"
#include "explain/service_name.hpp"

#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

constexpr auto outside = "203.0.113.7";

cluster shop() {
    return {a_namespace("web", "team: red"),
            a_pod("web/site", "10.0.0.1, fd00::1", "app: site"),
            a_pod("svc/pod", "10.0.0.9"),
            a_service("web/site"),
            a_slice("web/site", "10.0.0.1@site@node-1"),
            a_policy("web/deny", "podSelector: {}")};
}

explain::question ask(std::string_view to, std::optional<std::uint64_t> port = {},
                      std::optional<std::string_view> protocol = {}) {
    return explain::parse_question(
               {.from = outside, .to = to, .port = port, .protocol = protocol, .backend = {}})
        .value();
}

/// "10.96.0.1 TCP/80", or why not.
std::string dialled(const cluster& c, const explain::question& asked) {
    const auto q = explain::with_address(asked, c.state().objects);
    if (!q)
        return q.error().detail();
    const auto* address = std::get_if<model::ip_address>(&q->to);
    return (address != nullptr ? address->to_string()
                               : std::get<model::object_key>(q->to).to_string()) +
           ' ' + std::string(model::to_string(q->proto)) + '/' + std::to_string(q->port);
}

TEST(ServiceName, ItsOnlyPortIsTaken) {
    const auto c = shop();
    EXPECT_EQ(dialled(c, ask("svc/web/site")), "10.96.0.1 TCP/80");
    EXPECT_EQ(dialled(c, ask("svc/site")), "10.96.0.1 TCP/80") << "no other namespace has one";
    EXPECT_EQ(dialled(c, ask("svc/web/site", 80)), "10.96.0.1 TCP/80");
    EXPECT_EQ(dialled(c, ask("10.96.0.1", 81)), "10.96.0.1 TCP/81") << "no name is no matter";
}

TEST(ServiceName, OfSeveralPortsOneMustBeChosen) {
    auto c = shop();
    c.add(a_service("web/site", "clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1], ports: "
                                "[{name: http, port: 80}, {name: dns, port: 53, protocol: UDP}, "
                                "{name: dns-tcp, port: 53}]"));
    const std::string which = "of which --port and --protocol choose one: http TCP/80, dns UDP/53, "
                              "dns-tcp TCP/53";
    EXPECT_EQ(dialled(c, ask("svc/web/site")), "Service web/site has 3 ports, " + which);
    EXPECT_EQ(dialled(c, ask("svc/web/site", 53)), "Service web/site has 3 ports, " + which);
    EXPECT_EQ(dialled(c, ask("svc/web/site", 81)),
              "Service web/site has 3 ports, and none of that number, " + which);
    EXPECT_EQ(dialled(c, ask("svc/web/site", 80)), "10.96.0.1 TCP/80");
    EXPECT_EQ(dialled(c, ask("svc/web/site", 53, "UDP")), "10.96.0.1 UDP/53");
    EXPECT_EQ(dialled(c, ask("svc/web/site", {}, "UDP")), "10.96.0.1 UDP/53");
}

TEST(ServiceName, WhatCannotBeToldIsSaidInWords) {
    auto c = shop();
    c.add(a_service("blue/site",
                    "clusterIP: 10.96.0.2, clusterIPs: [10.96.0.2], ports: [{port: 80}]"));
    c.add(a_service("web/headless", "clusterIP: None, clusterIPs: [None], ports: [{port: 80}]"));
    EXPECT_EQ(dialled(c, ask("svc/site")), "Service site may be one of several: ask for "
                                           "svc/NAMESPACE/NAME, of blue/site, web/site");
    EXPECT_EQ(dialled(c, ask("svc/web/none")), "Service web/none is not in the log");
    EXPECT_EQ(dialled(c, ask("svc/web/headless")),
              "Service web/headless is headless: its pods are dialled, ask for one");
}

TEST(ServiceName, APodOfANamespaceThatIsCalledSvcIsMeantWhereThereIsOne) {
    const auto c = shop();
    EXPECT_EQ(dialled(c, ask("svc/pod", 80)), "svc/pod TCP/80");
    EXPECT_EQ(dialled(c, ask("svc/pod")), "pod svc/pod needs a port");
}

TEST(ServiceName, TheAnswerIsTheClusterIPs) {
    const auto c = shop();
    const auto a = c.answer(outside, "10.96.0.1 TCP/80");
    const explain::explainer explainer({.objects = c.state().objects,
                                        .endpoint_slices_known = true,
                                        .undecodable = c.state().undecodable,
                                        .settings = c.settings,
                                        .translators = c.translators});
    const auto by_name = explainer.explain(ask("svc/web/site"));
    EXPECT_EQ(by_name.steps, a.steps);
    EXPECT_EQ(by_name.verdict, explain::verdict::deny);
    const auto none = explainer.explain(ask("svc/web/none"));
    EXPECT_EQ(none.verdict, explain::verdict::unknown);
    EXPECT_EQ(none.steps.back().why, "Service web/none is not in the log");
    const auto mistaken = explainer.explain(ask("web/site", 80));
    EXPECT_EQ(mistaken.verdict, explain::verdict::deny) << "a pod of that name is meant";
}

TEST(ServiceName, WhoAsksForAPodThatIsAServiceIsToldSo) {
    cluster c{a_service("web/site")};
    EXPECT_EQ(
        c.answer(outside, "web/site TCP/80").steps.back().why,
        "pod web/site is not in the log; a Service of that name is asked for as svc/web/site");
}

} // namespace
} // namespace nodewall::test
