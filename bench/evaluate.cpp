// How many questions a second of CPU a ruleset answers, on a large one.
//
//     evaluate [QUESTIONS] [SEED]
//
// 10,000 pods in 50 peer sets of a namespace each, 5,000 NodePorts, and 1,000 decisions that admit
// one to ten namespaces and a block. Two mixes, each on its own: every question meets a shut door;
// every tenth does, as a node's connections are.
#include "harness/gate.hpp"
#include "ruleset/evaluator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <random>

namespace {

using namespace nodewall;
using namespace nodewall::ruleset;

constexpr std::uint32_t pod_count = 10'000, namespace_count = 50, door_count = 5'000,
                        decision_count = 1'000, first_port = 30'000;

/// Of this process's own time on a CPU.
double seconds_since(std::clock_t start) {
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

model::ip_address address(std::uint32_t number) {
    const std::array<std::uint8_t, 4> bytes{
        static_cast<std::uint8_t>(number >> 24U), static_cast<std::uint8_t>(number >> 16U),
        static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)};
    return model::ip_address::from_raw(model::family::ipv4, bytes.data());
}
constexpr std::uint32_t pods_begin = 10U << 24U;

gate large_gate(std::mt19937_64& random) {
    gate g;
    constexpr auto f = model::family::ipv4;
    std::vector<std::string> namespaces;
    for (std::uint32_t n = 0; n < namespace_count; ++n) {
        std::vector<model::ip_address> pods;
        for (auto pod = n; pod < pod_count; pod += namespace_count)
            pods.push_back(address(pods_begin + pod));
        namespaces.push_back(g.peers(f, fmt::format("namespace {}", n), pods));
    }
    std::vector<std::string> decisions;
    for (std::uint32_t d = 0; d < decision_count; ++d) {
        source_in who{{}, {model::cidr::of(address(static_cast<std::uint32_t>(random())), 24)}};
        for (auto left = random() % 10 + 1; left > 0; --left)
            who.sets.push_back(namespaces[random() % namespaces.size()]);
        decisions.push_back(g.decide(f, admit_only(std::move(who))));
    }
    for (std::uint32_t door = 0; door < door_count; ++door)
        g.shut(nodeport(static_cast<std::uint16_t>(first_port + door)),
               decisions[door % decisions.size()]);
    return g;
}

std::vector<packet> questions(std::mt19937_64& random, std::size_t count, unsigned shut_one_in) {
    std::vector<packet> all(count);
    for (auto& p : all) {
        const auto drawn = static_cast<std::uint32_t>(random());
        p.source = address(drawn % 2 == 0 ? pods_begin + drawn % pod_count : drawn);
        p.destination = address(0xc0000201U);
        p.destination_local = true;
        const auto door = random() % door_count + (random() % shut_one_in == 0 ? 0 : door_count);
        p.port = static_cast<std::uint16_t>(first_port + door);
    }
    return all;
}

void ask(const evaluator& ruled, const std::vector<packet>& all, const char* what) {
    const auto start = std::clock();
    const auto admitted =
        std::count_if(all.begin(), all.end(), [&](const packet& p) { return ruled.admits(p); });
    const auto seconds = seconds_since(start);
    fmt::print("{}: {:.0f} questions a second of CPU, {:.0f} ns each, {:.1f} % admitted\n", what,
               static_cast<double>(all.size()) / seconds,
               seconds / static_cast<double>(all.size()) * 1e9,
               static_cast<double>(admitted) / static_cast<double>(all.size()) * 100);
}

} // namespace

int main(int argc, char** argv) {
    const std::size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    std::mt19937_64 random(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1);
    const auto g = large_gate(random);
    const auto start = std::clock();
    const evaluator ruled(g.rules);
    fmt::print("indexed {} units, {} rules, {} members in {:.1f} ms\n", g.rules.units().size(),
               g.rules.rule_count(), g.rules.member_count(), seconds_since(start) * 1e3);
    ask(ruled, questions(random, count, 1), "each at a shut door");
    ask(ruled, questions(random, count, 10), "one of ten at a shut door");
    return 0;
}
