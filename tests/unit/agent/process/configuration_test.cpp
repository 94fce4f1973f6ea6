#include "agent/process/configuration.hpp"

#include <gtest/gtest.h>

namespace nodewall::agent {
namespace {

configuration parsed(std::string_view text) {
    return parse_configuration(text, "test.yaml").value();
}

std::string refusal(std::string_view text) {
    const auto c = parse_configuration(text, "test.yaml");
    EXPECT_FALSE(c) << text;
    return c ? std::string() : c.error().message();
}

TEST(Configuration, AnEmptyFileIsTheDefault) {
    const auto c = parsed("");
    EXPECT_EQ(c.db, "/var/lib/nodewall/events.db");
    EXPECT_FALSE(c.dry_run);
    EXPECT_EQ(c.gate, model::gate_settings{});
}

TEST(Configuration, EveryKeyIsRead) {
    const auto c = parsed(R"(
kubeconfig: /etc/kubernetes/kubelet.conf
context: admin
node: n1
db: /tmp/e.db
enforce: [nodeports]
dryRun: true
listen: 127.0.0.1:9090
socket: /run/other.sock
logLevel: debug
log: {bodies: whole, maxBytes: 67108864}
gate:
  alwaysAdmit: [10.0.0.0/8, "fd00::/8"]
  nodePortAddresses: [192.0.2.0/24]
  vitalPorts: [22]
  serviceProxies: [b, a, b]
)");
    EXPECT_EQ(c.kubeconfig, "/etc/kubernetes/kubelet.conf");
    EXPECT_EQ(c.context, "admin");
    EXPECT_EQ(c.gate.node_name, "n1");
    EXPECT_EQ(c.db, "/tmp/e.db");
    EXPECT_TRUE(c.dry_run);
    EXPECT_EQ(c.listen, "127.0.0.1:9090");
    EXPECT_EQ(c.socket, "/run/other.sock");
    EXPECT_EQ(c.level, log_level::debug);
    EXPECT_EQ(c.bodies, codec::body_mode::whole);
    EXPECT_EQ(c.log_bytes_max, 67108864U);
    EXPECT_EQ(c.gate.always_admit.size(), 2U);
    EXPECT_EQ(c.gate.node_port_addresses.at(0).to_string(), "192.0.2.0/24");
    EXPECT_EQ(c.gate.vital_ports, std::vector<std::uint16_t>{22});
    EXPECT_EQ(c.gate.service_proxies, (std::vector<std::string>{"a", "b"}));
}

TEST(Configuration, AnUnknownKeyIsRefusedByNameWithWhatWasMeantOrTheKnownOnes) {
    auto message = refusal("gate: {vitalPort: [22]}");
    EXPECT_NE(message.find("test.yaml: gate: unknown key 'vitalPort' (did you mean vitalPorts?)"),
              std::string::npos)
        << message;
    message = refusal("gate: {nonsense: 1}");
    EXPECT_NE(message.find("unknown key 'nonsense' (known here: alwaysAdmit, "), std::string::npos)
        << message;
}

TEST(Configuration, AValueOfTheWrongKindIsRefusedByItsPlace) {
    EXPECT_NE(refusal("dryRun: maybe").find("dryRun"), std::string::npos);
    EXPECT_NE(refusal("gate: {alwaysAdmit: [10.0.0.1]}").find("alwaysAdmit"), std::string::npos);
    EXPECT_NE(refusal("gate: {vitalPorts: [70000]}").find("65535"), std::string::npos);
    EXPECT_NE(refusal("gate: {vitalPorts: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}").find("15"),
              std::string::npos);
    EXPECT_NE(refusal("log: {maxBytes: -1}").find("maxBytes"), std::string::npos);
    EXPECT_NE(refusal("log: all").find("mapping"), std::string::npos);
    EXPECT_NE(refusal("- a\n- b").find("mapping"), std::string::npos);
    EXPECT_NE(refusal("logLevel: loud").find("logLevel"), std::string::npos);
}

TEST(Configuration, WhatTheFileSaysCannotBreakTheLineThatRefusesIt) {
    for (const auto* text : {"enforce: [\"no\\ndeports\\e[2J\"]", "\"a\\nb\": 1\n\"a\\nb\": 2\n",
                             "\"a\\nb\": 1\n", "gate: {\"\\e[2J\": 1}"}) {
        const auto message = refusal(text);
        EXPECT_EQ(message.find_first_of("\n\x1b"), std::string::npos) << text;
        EXPECT_NE(message, "");
    }
}

TEST(Configuration, PodsAreNotInThisVersion) {
    EXPECT_NE(refusal("enforce: [pods]").find("not in this version"), std::string::npos);
    EXPECT_NE(refusal("enforce: [everything]").find("everything"), std::string::npos);
}

TEST(Configuration, WhatConfiguredRecordsIsWhatReplayReads) {
    configuration c;
    c.gate.node_name = "node \"one\"";
    c.gate.always_admit = {model::cidr::parse("10.0.0.0/8").value()};
    c.gate.node_port_addresses = {model::cidr::parse("fd00::/8").value()};
    c.gate.vital_ports = {22};
    c.gate.service_proxies = {"another"};
    c.mark_mask = 0xff0000;
    const auto recorded = [&] {
        return settings_of_configured(configured_body(c, codec::standard_kinds())).value();
    };
    EXPECT_EQ(recorded(), (recorded_settings{c.gate, c.mark_mask}));
    c.gate.vital_ports.clear();
    EXPECT_EQ(recorded(), (recorded_settings{c.gate, c.mark_mask}));
}

TEST(Configuration, AMarkMaskIsANumberOrHexadecimalText) {
    for (const auto* mask : {"0xff0000", "'0xff0000'", "16711680"})
        EXPECT_EQ(
            parse_configuration(std::string("iptables: {markMask: ") + mask + "}", "test.yaml")
                .value()
                .mark_mask,
            0xff0000U)
            << mask;
    for (const auto* mask :
         {"0", "1", "0x8000", "'0xfg'", "0xffffffff", "0x1ffffffff", "many", "-1"})
        EXPECT_NE(
            refusal(std::string("iptables: {markMask: ") + mask + "}").find("iptables: markMask"),
            std::string::npos)
            << mask;
}

TEST(Configuration, ABrokenConfiguredIsAnErrorAndNoCrash) {
    for (const auto* body : {"", "[]", "{", R"({"node":1})", R"({"settings":{"vitalPorts":"x"}})"})
        EXPECT_FALSE(settings_of_configured(body)) << body;
}

} // namespace
} // namespace nodewall::agent
