// Two tenants: one does whatever the API takes, and its peers are what no kernel takes; the changes
// of the other reach the kernel in bounded time all the same (SEMANTICS section 6).
#include "base/limits.hpp"
#include "property/seeds.hpp"
#include "ruleset/evaluator.hpp"
#include "sim/invariants.hpp"
#include "sim/world.hpp"

#include <boost/json/parse.hpp>
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <functional>

namespace nodewall::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto policies = "networkpolicies.networking.k8s.io";
constexpr auto slices = "endpointslices.discovery.k8s.io";
constexpr std::uint16_t victims_port = 30'999, hostile_port = 30'998;
constexpr auto bounded = 1s;

void put(world& w, std::string_view kind, const model::object_key& key, std::string_view body) {
    EXPECT_TRUE(
        w.server().store().put(std::string(kind), key, boost::json::parse(body).as_object()));
}

/// A pod, and a Service with a NodePort that leads to it.
void put_tenant(world& w, std::string_view namespace_, std::string_view address,
                std::uint16_t node_port) {
    const std::string of(namespace_);
    put(w, "pods", {of, "pod"},
        fmt::format(
            R"({{"metadata":{{"uid":"p-{}"}},"status":{{"phase":"Running","podIP":"{}"}}}})", of,
            address));
    put(w, "services", {of, "door"},
        fmt::format(R"({{"metadata":{{"uid":"s-{}"}},"spec":{{"type":"NodePort","ports":)"
                    R"([{{"nodePort":{},"port":80}}]}}}})",
                    of, node_port));
    put(w, slices, {of, "door-1"},
        fmt::format(
            R"({{"metadata":{{"uid":"e-{0}","labels":{{"kubernetes.io/service-name":"door"}}}},)"
            R"("addressType":"IPv4","ports":[{{"port":80}}],"endpoints":[{{"addresses":["{1}"]}}]}})",
            of, address));
}

/// Admits these blocks to all pods of the namespace.
std::string admission(const std::string& blocks) {
    return R"({"metadata":{"uid":"n"},"spec":{"podSelector":{},"policyTypes":["Ingress"],)"
           R"("ingress":[{"from":[)" +
           blocks + "]}]}}";
}
std::string block(const std::string& cidr, const std::string& except = {}) {
    return fmt::format(R"({{"ipBlock":{{"cidr":"{}"{}}}}})", cidr,
                       except.empty() ? "" : fmt::format(R"(,"except":[{}])", except));
}

/// More blocks than are written out in a decision: a set of their own.
std::string many_blocks(chance& c) {
    std::string all;
    for (int i = 0; i < 12; ++i)
        all += (i == 0 ? "" : ",") + block(fmt::format("10.{}.{}.0/24", i, below(c, 256)));
    return admission(all);
}

std::string large_service(chance& c) {
    std::string ports, addresses;
    for (int i = 0; i < 120; ++i)
        ports += fmt::format(R"({}{{"name":"p{}","port":{}}})", i == 0 ? "" : ",", i, 1000 + i);
    for (int i = 0; i < 120; ++i)
        addresses += fmt::format(R"({}"100.64.{}.{}")", i == 0 ? "" : ",", i, below(c, 256));
    return fmt::format(R"({{"metadata":{{"uid":"l"}},"spec":{{"type":"ClusterIP","ports":[{}],)"
                       R"("externalIPs":[{}]}}}})",
                       ports, addresses);
}

void do_harm(world& w, chance& c) {
    switch (below(c, 4)) {
    case 0:
        put(w, policies, {"hostile", "many"}, many_blocks(c));
        break;
    case 1:
        put(w, "services", {"hostile", "large"}, large_service(c));
        break;
    case 2:
        put(w, policies, {"hostile", "wide"},
            admission(block("0.0.0.0/0", fmt::format("\"10.{}.0.0/32\"", below(c, 256)))));
        break;
    default:
        static_cast<void>(w.server().store().remove(std::string(policies), {"hostile", "wide"}));
    }
    w.server().wake();
}

bool admits(const world& w, std::string_view source, std::uint16_t port) {
    const auto held = w.kernel.held();
    return ruleset::evaluator(held).admits(
        {.source = model::ip_address::parse(source).value(),
         .destination = model::ip_address::parse("192.0.2.1").value(),
         .port = port,
         .destination_local = true});
}

TEST(Simulation, ATenantThatDoesAnythingDelaysNobody) {
    test::for_each_seed(10, [](std::uint64_t seed) {
        world w(seed, false);
        chance c(seed);
        put(w, "nodes", {"", node_name}, "{}");
        put_tenant(w, "victim", "10.9.0.1", victims_port);
        put_tenant(w, "hostile", "10.9.0.2", hostile_port);
        const auto shut = admission(block("198.51.100.0/24"));
        put(w, policies, {"victim", "admit"}, shut);
        w.boot();
        w.pass(1min);
        the_service_is_ready(w);
        w.kernel.never_takes = "NW-BLOCKS-";
        for (int n = 0; n < 12 && !testing::Test::HasFailure(); ++n) {
            do_harm(w, c);
            put(w, policies, {"victim", "admit"}, admission(block("0.0.0.0/0")));
            w.server().wake();
            w.pass(bounded);
            EXPECT_TRUE(admits(w, "203.0.113.9", victims_port));
            do_harm(w, c);
            put(w, policies, {"victim", "admit"}, shut);
            w.server().wake();
            w.pass(bounded);
            EXPECT_FALSE(admits(w, "203.0.113.9", victims_port));
            EXPECT_TRUE(admits(w, "198.51.100.9", victims_port));
            w.pass(std::chrono::seconds(below(c, 30)));
            the_service_is_ready(w);
        }
        w.kernel.never_takes.clear();
        w.pass(15min);
        the_kernel_holds_what_the_log_says(w);
        every_apply_can_be_repeated(w);
    });
}

} // namespace
} // namespace nodewall::sim
