#include "decoding.hpp"

#include "model/network_policy.hpp"

namespace nodewall::codec::testing {

namespace {

using model::network_policy_spec;
using model::policy_object;
using model::policy_peer;
using model::policy_port;
using model::policy_rule;
using model::protocol;

/// What a NetworkPolicy says.
network_policy_spec spec_of(std::string_view json) {
    return decode<policy_object>(json).as<network_policy_spec>();
}
network_policy_spec policy(std::string_view spec) {
    return spec_of(object(std::string(R"("spec":{)").append(spec).append("}")));
}

policy_rule rule(std::string_view json) {
    const auto p = policy(std::string(R"("ingress":[)").append(json).append("]"));
    return p.ingress.empty() ? policy_rule{} : p.ingress.front();
}
policy_peer peer(std::string_view json) {
    const auto r = rule(std::string(R"({"from":[)").append(json).append("]}"));
    return r.peers.empty() ? policy_peer{} : r.peers.front();
}
policy_port port(std::string_view json) {
    const auto r = rule(std::string(R"({"ports":[)").append(json).append("]}"));
    return r.ports.empty() ? policy_port{} : r.ports.front();
}

TEST(DecodeNetworkPolicy, PolicyTypesDefaultToIngressAndToEgressWhereARuleSpeaksOfIt) {
    const struct {
        const char* spec;
        bool ingress, egress;
    } cases[] = {
        {"", true, false},
        {R"("policyTypes":null)", true, false},
        {R"("policyTypes":[])", true, false},
        {R"("ingress":[{}])", true, false},
        {R"("egress":[])", true, false},
        {R"("egress":null)", true, false},
        {R"("egress":[{}])", true, true},
        {R"("policyTypes":["Ingress"],"egress":[{}])", true, false},
        {R"("policyTypes":["Egress"])", false, true},
        {R"("policyTypes":["Egress","Ingress"])", true, true},
    };
    for (const auto& c : cases) {
        const auto p = policy(c.spec);
        EXPECT_EQ(p.isolates_ingress, c.ingress) << c.spec;
        EXPECT_EQ(p.isolates_egress, c.egress) << c.spec;
    }
    EXPECT_TRUE(spec_of(object("")).isolates_ingress);
}

TEST(DecodeNetworkPolicy, AnAbsentOrEmptyPodSelectorSelectsAll) {
    EXPECT_TRUE(policy("").pod_selector.selects_everything());
    EXPECT_TRUE(policy(R"("podSelector":{})").pod_selector.selects_everything());
    EXPECT_TRUE(policy(R"("podSelector":null)").pod_selector.selects_everything());
    EXPECT_TRUE(policy(R"("podSelector":{"matchLabels":null,"matchExpressions":null})")
                    .pod_selector.selects_everything());
}

TEST(DecodeNetworkPolicy, AnInvalidPodSelectorSaysSoAndKeepsThePolicy) {
    const auto p = policy(R"("podSelector":{"matchExpressions":[{"key":"a","operator":"Near"}]})");
    EXPECT_EQ(p.pod_selector.invalid, "spec.podSelector.matchExpressions[0].operator is 'Near', "
                                      "not In, NotIn, Exists or DoesNotExist");
    EXPECT_TRUE(p.isolates_ingress);
}

TEST(DecodeNetworkPolicy, AbsentEmptyAndNullRulesAdmitNothingOrEverythingAsWritten) {
    EXPECT_TRUE(policy(R"("ingress":[])").ingress.empty());
    EXPECT_TRUE(policy(R"("ingress":null)").ingress.empty());
    for (const auto* everything :
         {"{}", R"({"from":[]})", R"({"from":null,"ports":null})", R"({"ports":[]})"})
        EXPECT_EQ(rule(everything), policy_rule{}) << everything;
    EXPECT_EQ(policy(R"("egress":[{"to":[{"podSelector":{}}]}])").egress.at(0).peers.size(), 1U);
}

TEST(DecodeNetworkPolicy, APeerHasSelectorsOrABlock) {
    const auto pods = peer(R"({"podSelector":{"matchLabels":{"a":"b"}},"namespaceSelector":null})");
    ASSERT_TRUE(pods.pod_selector.has_value());
    EXPECT_FALSE(pods.namespace_selector.has_value());
    EXPECT_EQ(pods.pod_selector->requirements.at(0).values, std::vector<std::string>{"b"});

    const auto namespaces = peer(R"({"namespaceSelector":{}})");
    EXPECT_TRUE(namespaces.namespace_selector.has_value());
    EXPECT_FALSE(namespaces.pod_selector.has_value());

    const auto both = peer(R"({"namespaceSelector":{},"podSelector":{}})");
    EXPECT_TRUE(both.namespace_selector && both.pod_selector);

    const auto addresses = peer(R"({"ipBlock":{"cidr":"10.9.8.7/8","except":["10.1.0.0/16"]}})");
    ASSERT_TRUE(addresses.block.has_value());
    EXPECT_EQ(addresses.block->block, block("10.0.0.0/8"));
    EXPECT_EQ(addresses.block->except, std::vector{block("10.1.0.0/16")});
    EXPECT_EQ(addresses.not_understood, "");
}

TEST(DecodeNetworkPolicy, AMappedBlockIsIPv4) {
    EXPECT_EQ(peer(R"({"ipBlock":{"cidr":"::ffff:10.0.0.0/104"}})").block->block,
              block("10.0.0.0/8"));
}

TEST(DecodeNetworkPolicy, APeerThatMakesNoSenseIsNotUnderstood) {
    const struct {
        const char* peer;
        const char* why;
    } cases[] = {
        {"{}", "spec.ingress[0].from[0] names no peer"},
        {"null", "spec.ingress[0].from[0] is missing"},
        {R"({"podSelector":null})", "spec.ingress[0].from[0] names no peer"},
        {R"({"ipBlock":{"cidr":"10.0.0.0/8"},"podSelector":{}})",
         "spec.ingress[0].from[0] has an ipBlock and selectors"},
        {R"({"ipBlock":{"cidr":"10.0.0.0/33"}})",
         "spec.ingress[0].from[0].ipBlock.cidr is '10.0.0.0/33': not a CIDR block"},
        {R"({"ipBlock":{"cidr":"10.0.0.1"}})",
         "spec.ingress[0].from[0].ipBlock.cidr is '10.0.0.1': not a CIDR block"},
        {R"({"ipBlock":{}})", "spec.ingress[0].from[0].ipBlock.cidr is missing"},
        {R"({"ipBlock":{"cidr":"10.0.0.0/8","except":["x"]}})",
         "spec.ingress[0].from[0].ipBlock.except[0] is 'x': not a CIDR block"},
        {R"({"ipBlock":{"cidr":"10.0.0.0/8","mode":"new"}})",
         "spec.ingress[0].from[0].ipBlock.mode is not understood"},
        {R"({"podSelector":{},"serviceSelector":{}})",
         "spec.ingress[0].from[0].serviceSelector is not understood"},
        {R"("all")", "spec.ingress[0].from[0] is not an object"},
    };
    for (const auto& c : cases) {
        const auto p = peer(c.peer);
        EXPECT_EQ(p.not_understood, c.why) << c.peer;
        EXPECT_FALSE(p.block || p.pod_selector || p.namespace_selector) << c.peer;
    }
}

TEST(DecodeNetworkPolicy, AnInvalidSelectorOfAPeerIsInvalidThere) {
    const auto p = peer(R"({"podSelector":{"matchExpressions":[{"key":"a","operator":"In"}]}})");
    ASSERT_TRUE(p.pod_selector.has_value());
    EXPECT_EQ(p.pod_selector->invalid,
              "spec.ingress[0].from[0].podSelector.matchExpressions[0].values is empty");
}

TEST(DecodeNetworkPolicy, PortsHaveTheDefaultsOfTheApi) {
    EXPECT_EQ(port("{}"), policy_port{});
    EXPECT_EQ(port(R"({"protocol":null,"port":null,"endPort":null})"), policy_port{});
    EXPECT_EQ(port(R"({"protocol":"UDP"})"), (policy_port{.proto = protocol::udp}));
    EXPECT_EQ(port(R"({"protocol":"SCTP","port":5})"),
              (policy_port{.proto = protocol::sctp, .port = {.number = 5}}));
    EXPECT_EQ(port(R"({"port":"http"})"), (policy_port{.port = {.name = "http"}}));
    EXPECT_EQ(port(R"({"port":80,"endPort":90})"),
              (policy_port{.port = {.number = 80}, .end_port = 90}));
    EXPECT_EQ(port(R"({"port":80,"endPort":80})").not_understood, "");
}

TEST(DecodeNetworkPolicy, APortIsNamedAsTheApiAllowsIt) {
    for (const auto* name : {"a", "http", "8080-web", "h-2", "abcdefghijklmno"})
        EXPECT_EQ(port(std::string(R"({"port":")") + name + "\"}").port.name, name);
    for (const auto* name :
         {"8080", "HTTP", "-http", "http-", "h--2", "h_2", "abcdefghijklmnop", "1-2", "\u00e4"})
        EXPECT_NE(port(std::string(R"({"port":")") + name + "\"}").not_understood, "") << name;
}

TEST(DecodeNetworkPolicy, APortThatMakesNoSenseIsNotUnderstood) {
    const struct {
        const char* port;
        const char* why;
    } cases[] = {
        {"null", "spec.ingress[0].ports[0] is missing"},
        {R"({"port":0})", "spec.ingress[0].ports[0].port is 0, not 1 to 65535"},
        {R"({"port":65536})", "spec.ingress[0].ports[0].port is 65536, not 1 to 65535"},
        {R"({"port":-1})", "spec.ingress[0].ports[0].port is -1, not 1 to 65535"},
        {R"({"port":""})",
         "spec.ingress[0].ports[0].port is the text '', which is no name of a port"},
        {R"({"port":"8080"})",
         "spec.ingress[0].ports[0].port is the text '8080', which is no name of a port"},
        {R"({"port":80.5})", "spec.ingress[0].ports[0].port is not an integer"},
        {R"({"port":{}})", "spec.ingress[0].ports[0].port is not an integer"},
        {R"({"port":18446744073709551615})", "spec.ingress[0].ports[0].port is not an integer"},
        {R"({"protocol":"ICMP"})",
         "spec.ingress[0].ports[0].protocol is 'ICMP', not TCP, UDP or SCTP"},
        {R"({"endPort":90})",
         "spec.ingress[0].ports[0].endPort needs a numeric port that is not above it"},
        {R"({"port":"http","endPort":90})",
         "spec.ingress[0].ports[0].endPort needs a numeric port that is not above it"},
        {R"({"port":80,"endPort":79})",
         "spec.ingress[0].ports[0].endPort needs a numeric port that is not above it"},
        {R"({"port":80,"endPort":65536})",
         "spec.ingress[0].ports[0].endPort is 65536, not 1 to 65535"},
        {R"({"port":80,"endPort":0})", "spec.ingress[0].ports[0].endPort is 0, not 1 to 65535"},
        {R"({"port":80,"direction":"in"})", "spec.ingress[0].ports[0].direction is not understood"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(port(c.port), policy_port{.not_understood = c.why}) << c.port;
}

TEST(DecodeNetworkPolicy, ARuleThatMakesNoSenseAdmitsNobody) {
    const struct {
        const char* rule;
        const char* why;
    } cases[] = {
        {"null", "spec.ingress[0] is missing"},
        {"7", "spec.ingress[0] is not an object"},
        {R"({"from":{}})", "spec.ingress[0].from is not an array"},
        {R"({"ports":80})", "spec.ingress[0].ports is not an array"},
        {R"({"to":[]})", "spec.ingress[0].to is not understood"},
        {R"({"action":"Deny"})", "spec.ingress[0].action is not understood"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(rule(c.rule), (policy_rule{.peers = {{.not_understood = c.why}}})) << c.rule;
}

TEST(DecodeNetworkPolicy, AnUnknownPolicyTypeMayBeEither) {
    const auto decoded = decode<policy_object>(object(R"("spec":{"policyTypes":["Sideways"]})"));
    const auto& p = decoded.as<network_policy_spec>();
    EXPECT_TRUE(p.isolates_ingress && p.isolates_egress);
    EXPECT_EQ(decoded.meta.not_understood,
              std::vector<std::string>{"spec.policyTypes[0] is 'Sideways', "
                                       "not Ingress or Egress"});
    EXPECT_TRUE(spec_of(object(R"("spec":{"policyTypes":"Egress"})")).isolates_ingress);
}

TEST(DecodeNetworkPolicy, WithoutASpecThatCanBeReadItSelectsNobody) {
    const auto p = decode<policy_object>(object(R"("spec":7)"));
    EXPECT_EQ(p.as<network_policy_spec>().pod_selector.invalid, "spec is not an object");
    EXPECT_EQ(p.meta.not_understood, std::vector<std::string>{"spec is not an object"});
}

TEST(DecodeNetworkPolicy, RulesThatAreNoListAdmitNobody) {
    const auto decoded = decode<policy_object>(object(R"("spec":{"ingress":{}})"));
    const auto& p = decoded.as<network_policy_spec>();
    EXPECT_TRUE(p.isolates_ingress);
    EXPECT_TRUE(p.ingress.empty());
    EXPECT_EQ(decoded.meta.not_understood.size(), 1U);
}

TEST(DecodeNetworkPolicy, OldObjectsOfExtensionsReadTheSameWay) {
    constexpr std::string_view rest =
        R"("spec":{"podSelector":{},"ingress":[{"from":[{"namespaceSelector":{}}],"ports":[{"port":80}]}]})";
    const auto old = std::string(R"({"apiVersion":"extensions/v1beta1","kind":"NetworkPolicy",)") +
                     object(rest).substr(1);
    EXPECT_EQ(spec_of(old), spec_of(object(rest)));
}

} // namespace

} // namespace nodewall::codec::testing
