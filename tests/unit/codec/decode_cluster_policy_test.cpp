// AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy: their fields, and what
// is not understood of them.
#include "decoding.hpp"

#include "model/cluster_policy.hpp"

#include <fmt/core.h>

namespace nodewall::codec::testing {

namespace {

using model::action;
using model::cluster_policy_rule;
using model::cluster_policy_spec;
using model::port_match;
using model::protocol;

enum class sort { admin, baseline, cluster };

std::string_view stream_of(sort s) {
    switch (s) {
    case sort::admin:
        return model::admin_network_policy_stream;
    case sort::baseline:
        return model::baseline_admin_network_policy_stream;
    case sort::cluster:
        break;
    }
    return model::cluster_network_policy_stream;
}

model::policy_object decode_object(sort s, std::string_view spec,
                                   std::string_view name = "default") {
    json_reader reader;
    const auto* row = reader.kinds().find_stream(stream_of(s));
    const auto json = fmt::format(R"({{"metadata":{{"name":"{}"}},"spec":{{{}}}}})", name, spec);
    const auto decoded = reader.decode(*row, json);
    EXPECT_TRUE(decoded.has_value()) << json;
    return std::get<model::policy_object>(*decoded);
}

cluster_policy_spec spec_of(sort s, std::string_view spec, std::string_view name = "default") {
    return decode_object(s, spec, name).as<cluster_policy_spec>();
}

/// The only ingress (or egress) rule of a policy that is well otherwise.
cluster_policy_rule rule_of(sort s, std::string_view rule, bool egress = false) {
    const auto spec = spec_of(s, fmt::format(R"("tier":"Admin","priority":1,"{}":[{}])",
                                             egress ? "egress" : "ingress", rule));
    const auto& rules = egress ? spec.egress : spec.ingress;
    EXPECT_EQ(rules.size(), 1U) << rule;
    return rules.empty() ? cluster_policy_rule{} : rules.front();
}

std::string word_for_allow(sort s) {
    return s == sort::cluster ? "Accept" : "Allow";
}

cluster_policy_rule rule_to(sort s, std::string_view peer) {
    return rule_of(s, fmt::format(R"({{"action":"{}","to":[{}]}})", word_for_allow(s), peer), true);
}
cluster_policy_rule rule_from(sort s, std::string_view peer) {
    return rule_of(s, fmt::format(R"({{"action":"{}","from":[{}]}})", word_for_allow(s), peer));
}
cluster_policy_rule rule_on(sort s, std::string_view ports) {
    return rule_of(s, fmt::format(R"({{"action":"Deny","from":[{{"namespaces":{{}}}}],"{}":{}}})",
                                  s == sort::cluster ? "protocols" : "ports", ports));
}

model::label_selector only(std::string key, std::string value) {
    return {.requirements = {{std::move(key),
                              model::label_requirement::operation::in,
                              {std::move(value)}}},
            .invalid = {}};
}

constexpr auto all_sorts = {sort::admin, sort::baseline, sort::cluster};

TEST(DecodeClusterPolicy, TheKindSaysTheTierOrTheFieldDoes) {
    const auto* const rest = R"("subject":{"namespaces":{}})";
    EXPECT_EQ(spec_of(sort::admin, fmt::format(R"("priority":7,{})", rest)).in, model::admin_tier);
    EXPECT_EQ(spec_of(sort::admin, fmt::format(R"("priority":7,{})", rest)).priority, 7U);
    EXPECT_EQ(spec_of(sort::baseline, rest).in, model::baseline_tier);
    for (const auto* tier : {"Admin", "Baseline"}) {
        const auto spec =
            spec_of(sort::cluster, fmt::format(R"("tier":"{}","priority":1000,{})", tier, rest));
        EXPECT_EQ(spec.in,
                  tier == std::string_view("Admin") ? model::admin_tier : model::baseline_tier);
        EXPECT_EQ(spec.priority, 1000U);
        EXPECT_EQ(spec.place_not_understood, "");
    }
}

TEST(DecodeClusterPolicy, AnOddPriorityOrTierIsNamed) {
    for (const auto* priority : {R"("priority":-1)", R"("priority":1001)", R"("priority":"7")",
                                 R"("priority":1.5)", R"("priority":null)", R"("other":null)"}) {
        EXPECT_NE(spec_of(sort::admin, priority).place_not_understood, "") << priority;
        EXPECT_NE(spec_of(sort::cluster, fmt::format(R"("tier":"Admin",{})", priority))
                      .place_not_understood,
                  "")
            << priority;
    }
    for (const auto* tier : {R"("tier":"admin")", R"("tier":"Default")", R"("tier":null)",
                             R"("tier":7)", R"("tier":"")", R"("other":null)"})
        EXPECT_NE(
            spec_of(sort::cluster, fmt::format(R"("priority":1,{})", tier)).place_not_understood,
            "")
            << tier;
}

TEST(DecodeClusterPolicy, TheSubjectIsNamespacesOrPods) {
    for (const auto s : all_sorts) {
        auto spec = spec_of(s, R"("subject":{"namespaces":{"matchLabels":{"a":"b"}}})");
        EXPECT_EQ(spec.subject, (model::pod_query{{}, only("a", "b"), {}}));
        spec = spec_of(s, R"("subject":{"pods":{"namespaceSelector":{"matchLabels":{"a":"b"}},
                             "podSelector":{"matchLabels":{"c":"d"}}}})");
        EXPECT_EQ(spec.subject, (model::pod_query{{}, only("a", "b"), only("c", "d")}));
        EXPECT_EQ(spec.subject_not_understood, "");
        spec = spec_of(s, R"("subject":{"namespaces":{},"pods":null})");
        EXPECT_EQ(spec.subject, model::pod_query::everything());
        EXPECT_EQ(spec.subject_not_understood, "");
    }
}

TEST(DecodeClusterPolicy, ASubjectThatIsNotUnderstoodSaysSo) {
    for (const auto s : all_sorts)
        for (const auto* subject :
             {R"("other":1)", R"("subject":null)", R"("subject":{})", R"("subject":"all")",
              R"("subject":{"namespaces":null})", R"("subject":{"namespaces":{},"pods":{}})",
              R"("subject":{"namespaceSelector":{}})", R"("subject":{"namespaces":{},"other":1})",
              R"("subject":{"namespaces":{"matchExpressions":[{"key":"a","operator":"Near"}]}})",
              R"("subject":{"pods":{}})", R"("subject":{"pods":{"namespaceSelector":{}}})",
              R"("subject":{"pods":{"namespaces":{},"podSelector":{}}})",
              R"("subject":{"pods":{"namespaceSelector":{},"podSelector":{"matchLabels":7}}})"})
            EXPECT_NE(spec_of(s, subject).subject_not_understood, "") << subject;
}

TEST(DecodeClusterPolicy, OfPodsTheNamespacesMayBeLeftOutInClusterNetworkPolicyAlone) {
    const auto* const pods = R"({"pods":{"podSelector":{"matchLabels":{"c":"d"}}}})";
    const auto subject = fmt::format(R"("subject":{})", pods);
    EXPECT_EQ(spec_of(sort::cluster, subject).subject,
              (model::pod_query{{}, model::label_selector{}, only("c", "d")}));
    EXPECT_NE(spec_of(sort::admin, subject).subject_not_understood, "");
    EXPECT_EQ(rule_from(sort::cluster, pods).not_understood, "");
    EXPECT_NE(rule_from(sort::admin, pods).not_understood, "");
    EXPECT_NE(rule_from(sort::baseline, pods).not_understood, "");
}

TEST(DecodeClusterPolicy, TheOnlyBaselineAdminNetworkPolicyIsDefault) {
    const auto* const spec = R"("subject":{"namespaces":{}})";
    EXPECT_EQ(spec_of(sort::baseline, spec).subject_not_understood, "");
    EXPECT_EQ(spec_of(sort::baseline, spec, "other").subject_not_understood,
              "its name is 'other', and the only one there is is 'default'");
    EXPECT_EQ(spec_of(sort::admin, spec, "other").subject_not_understood, "");
}

TEST(DecodeClusterPolicy, EachKindHasItsActions) {
    const struct {
        sort what;
        const char* word;
        std::optional<action> then;
    } cases[] = {
        {sort::admin, "Allow", action::allow},    {sort::admin, "Deny", action::deny},
        {sort::admin, "Pass", action::pass},      {sort::admin, "Accept", std::nullopt},
        {sort::baseline, "Allow", action::allow}, {sort::baseline, "Deny", action::deny},
        {sort::baseline, "Pass", std::nullopt},   {sort::cluster, "Accept", action::allow},
        {sort::cluster, "Deny", action::deny},    {sort::cluster, "Pass", action::pass},
        {sort::cluster, "Allow", std::nullopt},   {sort::cluster, "Log", std::nullopt},
        {sort::cluster, "accept", std::nullopt},  {sort::cluster, "", std::nullopt},
    };
    for (const auto& c : cases) {
        const auto rule = rule_of(
            c.what, fmt::format(R"({{"action":"{}","from":[{{"namespaces":{{}}}}]}})", c.word));
        EXPECT_EQ(rule.then, c.then) << c.word;
        EXPECT_EQ(rule.not_understood.empty(), c.then.has_value()) << c.word;
    }
    for (const auto* rule : {R"({"from":[{"namespaces":{}}]})", "null", "7", R"("all")", "{}",
                             R"({"action":null,"from":[{"namespaces":{}}]})",
                             R"({"action":["Deny"],"from":[{"namespaces":{}}]})"})
        EXPECT_EQ(rule_of(sort::admin, rule).then, std::nullopt) << rule;
}

TEST(DecodeClusterPolicy, PeersAreNamespacesAndPodsAndForEgressNetworksAndNodes) {
    for (const auto s : all_sorts) {
        auto who = rule_from(s, R"({"namespaces":{"matchLabels":{"a":"b"}}},
                                   {"pods":{"namespaceSelector":{},"podSelector":{}}})")
                       .who;
        EXPECT_EQ(who.pods, (std::vector<model::pod_query>{{{}, only("a", "b"), {}},
                                                           model::pod_query::everything()}));
        EXPECT_FALSE(who.any);
        who = rule_to(s, R"({"networks":["10.1.2.3/8","::/0","203.0.113.010/32"]},
                            {"nodes":{"matchLabels":{"a":"b"}}},{"nodes":{}})")
                  .who;
        ASSERT_EQ(who.blocks.size(), 3U);
        EXPECT_EQ(who.blocks[0].block, block("10.0.0.0/8"));
        EXPECT_EQ(who.blocks[1].block, block("::/0"));
        EXPECT_EQ(who.blocks[2].block, block("203.0.113.10/32"));
        EXPECT_EQ(who.nodes,
                  (std::vector<model::label_selector>{only("a", "b"), model::label_selector{}}));
    }
}

TEST(DecodeClusterPolicy, APeerThatIsNotUnderstoodMakesTheRuleSo) {
    const auto* const well = R"({"namespaces":{}})";
    for (const auto s : all_sorts) {
        for (const auto* peer :
             {"{}", "null", "7", R"({"namespaces":null})", R"({"namespaces":"all"})",
              R"({"namespaces":{},"pods":{"namespaceSelector":{},"podSelector":{}}})",
              R"({"namespaces":{"matchExpressions":[{"key":"a","operator":"In"}]}})",
              R"({"namespaces":{},"fromTheFuture":1})", R"({"fromTheFuture":{}})",
              R"({"pods":{"namespaceSelector":{}}})", R"({"pods":{}})",
              R"({"pods":{"namespaceSelector":{},"podSelector":{},"other":1}})",
              // The schema of release v0.1.1.
              R"({"namespaces":{"namespaceSelector":{}}})",
              R"({"namespaces":{"sameLabels":["a"]}})", R"({"namespaces":{"notSameLabels":["a"]}})",
              R"({"pods":{"namespaces":{"namespaceSelector":{}},"podSelector":{}}})"})
            for (const auto& rule : {rule_from(s, peer), rule_to(s, peer),
                                     rule_from(s, fmt::format("{},{}", well, peer))}) {
                EXPECT_NE(rule.not_understood, "") << peer;
                EXPECT_EQ(rule.who, model::peers{}) << peer;
                EXPECT_EQ(rule.then, action::allow) << peer;
            }
        for (const auto* peer : {R"({"domainNames":["example.org"]})", R"({"networks":[]})",
                                 R"({"networks":null})", R"({"networks":["nowhere"]})",
                                 R"({"networks":["10.0.0.1"]})", R"({"networks":["10.0.0.0/33"]})",
                                 R"({"networks":[null]})", R"({"networks":"10.0.0.0/8"})",
                                 R"({"networks":["10.0.0.0/8",7]})", R"({"nodes":null})",
                                 R"({"nodes":"all"})", R"({"nodes":{},"networks":["10.0.0.0/8"]})"})
            EXPECT_NE(rule_to(s, peer).not_understood, "") << peer;
        for (const auto* peer : {R"({"networks":["10.0.0.0/8"]})", R"({"nodes":{}})"})
            EXPECT_NE(rule_from(s, peer).not_understood, "")
                << "ingress has no such peer: " << peer;
    }
}

TEST(DecodeClusterPolicy, ARuleWithoutPeersOrWithUnknownFieldsIsNotUnderstood) {
    for (const auto* rule : {R"({"action":"Deny"})", R"({"action":"Deny","from":null})",
                             R"({"action":"Deny","from":[]})", R"({"action":"Deny","from":{}})",
                             R"({"action":"Deny","to":[{"namespaces":{}}]})",
                             R"({"action":"Deny","from":[{"namespaces":{}}],"when":"noon"})"})
        for (const auto s : all_sorts)
            EXPECT_NE(rule_of(s, rule).not_understood, "") << rule;
    const auto* const named =
        R"({"action":"Deny","from":[{"namespaces":{}}],"name":"x","when":null})";
    EXPECT_EQ(rule_of(sort::admin, named).not_understood, "");
}

TEST(DecodeClusterPolicy, RulesThatAreNoListAreOneThatIsNotUnderstood) {
    for (const auto s : all_sorts) {
        const auto spec = spec_of(s, R"("ingress":{},"egress":"none")");
        ASSERT_EQ(spec.ingress.size(), 1U);
        ASSERT_EQ(spec.egress.size(), 1U);
        EXPECT_EQ(spec.ingress[0].then, std::nullopt);
        EXPECT_NE(spec.egress[0].not_understood, "");
        EXPECT_TRUE(spec_of(s, R"("ingress":[],"egress":null)").ingress.empty());
    }
}

port_match number(protocol proto, std::uint16_t first, std::uint16_t last) {
    return {.proto = proto, .first = first, .last = last, .name = {}};
}

std::vector<port_match> named(const std::string& name) {
    std::vector<port_match> all;
    for (const auto proto : {protocol::tcp, protocol::udp, protocol::sctp})
        all.push_back({.proto = proto, .name = name});
    return all;
}

TEST(DecodeClusterPolicy, PortsOfAdminNetworkPolicies) {
    const struct {
        const char* json;
        std::vector<port_match> ports;
    } cases[] = {
        {"null", {}},
        {R"([{"portNumber":{"port":80}}])", {number(protocol::tcp, 80, 80)}},
        {R"([{"portNumber":{"protocol":null,"port":80}}])", {number(protocol::tcp, 80, 80)}},
        {R"([{"portNumber":{"protocol":"SCTP","port":80}}])", {number(protocol::sctp, 80, 80)}},
        {R"([{"portRange":{"protocol":"UDP","start":1,"end":65535}}])",
         {number(protocol::udp, 1, 65535)}},
        {R"([{"portRange":{"start":80,"end":80}}])", {number(protocol::tcp, 80, 80)}},
        {R"([{"namedPort":"http"}])", named("http")},
    };
    for (const auto s : {sort::admin, sort::baseline})
        for (const auto& c : cases) {
            EXPECT_EQ(rule_on(s, c.json).ports, c.ports) << c.json;
            EXPECT_EQ(rule_on(s, c.json).not_understood, "") << c.json;
        }
}

TEST(DecodeClusterPolicy, ProtocolsOfClusterNetworkPolicies) {
    const struct {
        const char* json;
        std::vector<port_match> ports;
    } cases[] = {
        {"null", {}},
        {R"([{"tcp":{"destinationPort":{"number":80}}}])", {number(protocol::tcp, 80, 80)}},
        {R"([{"udp":{"destinationPort":{"range":{"start":80,"end":90}}}}])",
         {number(protocol::udp, 80, 90)}},
        {R"([{"sctp":{"destinationPort":{"number":80,"range":null}}},{"tcp":{}}])",
         {number(protocol::sctp, 80, 80), number(protocol::tcp, 0, 65535)}},
        {R"([{"udp":{"destinationPort":null}}])", {number(protocol::udp, 0, 65535)}},
        {R"([{"destinationNamedPort":"http"}])", named("http")},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(rule_on(sort::cluster, c.json).ports, c.ports) << c.json;
        EXPECT_EQ(rule_on(sort::cluster, c.json).not_understood, "") << c.json;
    }
}

TEST(DecodeClusterPolicy, APortThatIsNotUnderstoodMakesTheRuleSo) {
    for (const auto* ports : {"[]",
                              "{}",
                              "[{}]",
                              "[null]",
                              "[80]",
                              R"([{"portNumber":null}])",
                              R"([{"portNumber":{}}])",
                              R"([{"portNumber":{"port":0}}])",
                              R"([{"portNumber":{"port":65536}}])",
                              R"([{"portNumber":{"port":"80"}}])",
                              R"([{"portNumber":{"port":80,"protocol":"ICMP"}}])",
                              R"([{"portNumber":{"port":80,"endPort":90}}])",
                              R"([{"portRange":{"start":80}}])",
                              R"([{"portRange":{"start":90,"end":80}}])",
                              R"([{"namedPort":""}])",
                              R"([{"namedPort":80}])",
                              R"([{"namedPort":"80"}])",
                              R"([{"portNumber":{"port":80},"namedPort":"http"}])",
                              R"([{"portNumber":{"port":80}},{"port":90}])",
                              R"([{"tcp":{"destinationPort":{"number":80}}}])"})
        for (const auto s : {sort::admin, sort::baseline})
            EXPECT_NE(rule_on(s, ports).not_understood, "") << ports;
    for (const auto* ports :
         {"[]", "{}", "[{}]", "[null]", R"([{"tcp":null}])", R"([{"tcp":{"destinationPort":{}}}])",
          R"([{"tcp":{"destinationPort":{"number":0}}}])", R"([{"tcp":{"destinationPort":80}}])",
          R"([{"tcp":{"destinationPort":{"number":80,"range":{"start":1,"end":2}}}}])",
          R"([{"tcp":{"destinationPort":{"range":{"start":90,"end":80}}}}])",
          R"([{"tcp":{"sourcePort":{"number":80}}}])", R"([{"tcp":{},"udp":{}}])",
          R"([{"icmp":{}}])", R"([{"namedPort":"http"}])", R"([{"destinationNamedPort":""}])",
          R"([{"destinationNamedPort":"80"}])", R"([{"portNumber":{"port":80}}])"})
        EXPECT_NE(rule_on(sort::cluster, ports).not_understood, "") << ports;
    // Each kind has a field of its own for them.
    EXPECT_NE(rule_of(sort::cluster, R"({"action":"Deny","from":[{"namespaces":{}}],"ports":[]})")
                  .not_understood,
              "");
    EXPECT_NE(rule_of(sort::admin, R"({"action":"Deny","from":[{"namespaces":{}}],"protocols":[]})")
                  .not_understood,
              "");
}

TEST(DecodeClusterPolicy, NetworksAndNodesHaveNoNamedPorts) {
    for (const auto* peer : {R"({"networks":["10.0.0.0/8"]})", R"({"nodes":{}})"}) {
        const auto rule = [&](sort s, const char* ports) {
            return rule_of(s, fmt::format(R"({{"action":"Deny","to":[{}],{}}})", peer, ports),
                           true);
        };
        EXPECT_NE(rule(sort::admin, R"("ports":[{"namedPort":"http"}])").not_understood, "");
        EXPECT_NE(
            rule(sort::cluster, R"("protocols":[{"destinationNamedPort":"a"}])").not_understood,
            "");
        EXPECT_EQ(rule(sort::admin, R"("ports":[{"portNumber":{"port":1}}])").not_understood, "");
    }
}

TEST(DecodeClusterPolicy, AFieldOfTheSpecThatNobodyKnowsIsNamed) {
    for (const auto s : all_sorts) {
        EXPECT_EQ(
            decode_object(s, R"("tier":null,"priority":null,"mode":"strict")").meta.not_understood,
            std::vector<std::string>{"spec.mode is not understood"});
    }
    EXPECT_EQ(decode_object(sort::baseline, R"("priority":7)").meta.not_understood.size(), 1U);
}

TEST(DecodeClusterPolicy, StatusIsNotKept) {
    json_reader reader;
    const auto* row = reader.kinds().find_stream(model::admin_network_policy_stream);
    const auto seen =
        reader.observe(*row, R"({"metadata":{"name":"a","annotations":{"nodewall.io/stage":"true"}},
                  "spec":{"priority":1},"status":{"conditions":[{"type":"Ready"}]}})",
                       body_mode::narrowed);
    ASSERT_TRUE(seen.has_value());
    EXPECT_EQ(seen->body.find("conditions"), std::string::npos);
    EXPECT_NE(seen->body.find("priority"), std::string::npos);
    EXPECT_NE(seen->body.find("nodewall.io/stage"), std::string::npos);
}

} // namespace

} // namespace nodewall::codec::testing
