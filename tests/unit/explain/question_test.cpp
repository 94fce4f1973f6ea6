#include "explain/question.hpp"

#include <gtest/gtest.h>

namespace nodewall::explain {
namespace {

TEST(Question, ThePartiesAsAPersonWritesThem) {
    const auto q = parse_question({.from = "web/a.b-1",
                                   .to = "::ffff:10.0.0.1",
                                   .port = 80,
                                   .protocol = "udp",
                                   .backend = {}});
    ASSERT_TRUE(q) << q.error().message();
    EXPECT_EQ(std::get<model::object_key>(q->from), (model::object_key{"web", "a.b-1"}));
    EXPECT_EQ(std::get<model::ip_address>(q->to).to_string(), "10.0.0.1");
    EXPECT_EQ(q->proto, model::protocol::udp);
    EXPECT_EQ(q->port, 80);
}

TEST(Question, NodePorts) {
    const auto on = [](std::string_view to) {
        return parse_question({.from = "203.0.113.7", .to = to});
    };
    const auto any = on("nodeport:TCP/30051").value();
    EXPECT_EQ(std::get<node_port_name>(any.to), node_port_name{});
    EXPECT_EQ(any.port, 30051);
    const auto address = [&](std::string_view to) {
        return std::get<node_port_name>(on(to).value().to).node_address.value().to_string();
    };
    EXPECT_EQ(address("nodeport:192.0.2.10:SCTP/1"), "192.0.2.10");
    EXPECT_EQ(address("nodeport:[2001:db8::1]:TCP/1"), "2001:db8::1");
    EXPECT_EQ(address("nodeport:2001:db8::1:TCP/1"), "2001:db8::1");
}

TEST(Question, ServicesAsWithKubectl) {
    const auto to = [](std::string_view text) {
        return parse_question({.from = "203.0.113.7", .to = text}).value();
    };
    const auto named = to("svc/web/site");
    EXPECT_EQ(std::get<service_name>(named.to), (service_name{{"web", "site"}, {}}));
    EXPECT_EQ(named.port, 0);
    EXPECT_FALSE(named.proto_given);
    EXPECT_EQ(std::get<service_name>(to("service/site").to),
              (service_name{{"", "site"}, model::object_key{"service", "site"}}));
    const auto whole =
        parse_question({.from = "1.1.1.1", .to = "svc/a/b", .port = 53, .protocol = "UDP"}).value();
    EXPECT_EQ(whole.port, 53);
    EXPECT_TRUE(whole.proto_given);
    EXPECT_EQ(whole.proto, model::protocol::udp);
}

TEST(Question, WhatIsNoneIsRefusedInWords) {
    const auto refusal = [](const question_text& text) {
        const auto q = parse_question(text);
        return q ? "taken" : q.error().detail();
    };
    EXPECT_EQ(refusal({.from = "10.0.0.0/8", .to = "10.0.0.1", .port = 1}),
              "'10.0.0.0/8' is neither an address nor NAMESPACE/POD");
    EXPECT_EQ(refusal({.from = "", .to = "10.0.0.1", .port = 1}),
              "'' is neither an address nor NAMESPACE/POD");
    EXPECT_EQ(refusal({.from = "a/b/c", .to = "10.0.0.1", .port = 1}),
              "'a/b/c' is neither an address nor NAMESPACE/POD");
    EXPECT_EQ(refusal({.from = "1.1.1.1", .to = "web/a"}),
              "'web/a' needs a port: --port, and --protocol where that is not TCP");
    EXPECT_EQ(refusal({.from = "1.1.1.1", .to = "web/a", .port = 0}),
              "port 0 is not from 1 to 65535");
    EXPECT_EQ(refusal({.from = "1.1.1.1", .to = "web/a", .port = 65536}),
              "port 65536 is not from 1 to 65535");
    EXPECT_EQ(refusal({.from = "1.1.1.1", .to = "nodeport:TCP/1", .port = 1}),
              "'nodeport:TCP/1' names its port itself: none beside it");
    for (const auto* to : {"nodeport:", "nodeport:TCP", "nodeport:TCP/", "nodeport:TCP/x",
                           "nodeport:ICMP/1", "nodeport:TCP/1x"})
        EXPECT_TRUE(refusal({.from = "1.1.1.1", .to = to}).ends_with("PROTOCOL/PORT")) << to;
    EXPECT_EQ(refusal({.from = "1.1.1.1", .to = "nodeport:host:TCP/1"}),
              "'host' is not the address of a node");
    EXPECT_EQ(refusal({.from = "1.1.1.1", .to = "web/a", .port = 1, .backend = "x"}),
              "'x' is not the address of a backend");
}

} // namespace
} // namespace nodewall::explain
