// What one event about a pod costs the projector, in a cluster of 10,000 pods in 100 namespaces and
// 1,000 policies with 1,000 queries among them: CPU time from the event to its changes, decoding
// included.
//
//     pod_event [ROUNDS] [SEED]
//
// Four mixes, interleaved in each round: a pod that comes, the same pod that goes, a pod that gets
// other labels, and a pod whose update says nothing new. The medians of the rounds are printed.
#include "projection/projector.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace nodewall;

constexpr std::size_t pod_count = 10'000, namespace_count = 100, policy_count = 1'000,
                      events_in_round = 200;

double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

model::event event(std::string_view stream, std::string namespace_, std::string name,
                   std::string_view labels, std::string_view rest) {
    model::event e;
    e.stream = stream;
    e.type = model::event_type::added;
    e.body =
        fmt::format(R"({{"metadata":{{"namespace":"{}","name":"{}","uid":"u","labels":{{{}}}}})"
                    R"({}}})",
                    namespace_, name, labels, rest);
    e.namespace_ = std::move(namespace_);
    e.name = std::move(name);
    e.uid = "u";
    return e;
}

std::string namespace_of(std::size_t i) {
    return fmt::format("team-{}", i % namespace_count);
}

model::event pod(std::size_t i, std::size_t app) {
    return event("pods", namespace_of(i), fmt::format("pod-{}", i),
                 fmt::format(R"("app":"a{}","tier":"t{}")", app, i % 3),
                 fmt::format(R"(,"spec":{{"nodeName":"node-{}","containers":[{{"ports":[)"
                             R"({{"name":"http","containerPort":8080}}]}}]}},)"
                             R"("status":{{"phase":"Running","podIPs":[{{"ip":"10.{}.{}.{}"}}]}})",
                             i % 50, i / 62'500, i / 250 % 250, i % 250 + 1));
}

/// In each namespace ten policies for ten applications, each of which admits pods of the namespace
/// and of others.
model::event policy(std::size_t i) {
    const auto app = i / namespace_count;
    return event("networkpolicies.networking.k8s.io", namespace_of(i), fmt::format("policy-{}", i),
                 "",
                 fmt::format(R"(,"spec":{{"podSelector":{{"matchLabels":{{"app":"a{0}"}}}},)"
                             R"("ingress":[{{"from":[)"
                             R"({{"podSelector":{{"matchLabels":{{"app":"a{0}"}}}}}},)"
                             R"({{"namespaceSelector":{{"matchLabels":{{"team":"t{0}"}}}}}},)"
                             R"({{"ipBlock":{{"cidr":"198.51.0.0/16"}}}}]}}]}})",
                             app));
}

void fill(projection::projector& projector) {
    for (std::size_t i = 0; i < namespace_count; ++i)
        projector.apply(
            event("namespaces", "", namespace_of(i), fmt::format(R"("team":"t{}")", i % 10), ""));
    for (std::size_t i = 0; i < pod_count; ++i)
        projector.apply(pod(i, i / namespace_count % 10));
    for (std::size_t i = 0; i < policy_count; ++i)
        projector.apply(policy(i));
}

enum mix : std::size_t { comes, goes, relabelled, repeated, mixes };
constexpr std::array<const char*, mixes> names{"a pod comes", "a pod goes", "a pod is relabelled",
                                               "an update says nothing new"};

} // namespace

int main(int argc, char** argv) {
    const auto rounds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 25;
    std::mt19937_64 random(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1);
    projection::projector projector;
    fill(projector);
    projector.take_changes();

    std::array<std::vector<double>, mixes> times;
    std::array<std::size_t, mixes> changes{};
    const auto measure = [&](mix what, const std::vector<model::event>& events) {
        const auto start = cpu_seconds();
        for (const auto& e : events) {
            projector.apply(e);
            changes.at(what) += projector.take_changes().size();
        }
        times.at(what).push_back((cpu_seconds() - start) / static_cast<double>(events.size()) *
                                 1e6);
    };
    for (std::size_t round = 0; round < rounds; ++round) {
        std::array<std::vector<model::event>, mixes> events;
        for (std::size_t n = 0; n < events_in_round; ++n) {
            const auto young = pod_count + round * events_in_round + n;
            const auto old = random() % pod_count;
            const auto app = random() % 10;
            events[comes].push_back(pod(young, app));
            events[goes].push_back(pod(young, app));
            events[goes].back().type = model::event_type::deleted;
            events[relabelled].push_back(pod(old, old / namespace_count % 10 == app ? 9 : app));
            events[repeated].push_back(events[relabelled].back());
        }
        // Each pod once, so that the update after the relabelling says what is known.
        for (auto* list : {&events[relabelled], &events[repeated]}) {
            std::stable_sort(list->begin(), list->end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; });
            list->erase(std::unique(list->begin(), list->end(),
                                    [](const auto& a, const auto& b) { return a.name == b.name; }),
                        list->end());
        }
        for (std::size_t what = 0; what < mixes; ++what)
            measure(static_cast<mix>(what), events.at(what));
    }
    fmt::print("{} pods, {} policies, {} queries, {} rounds of {} events\n", pod_count,
               policy_count, projector.state().resolved.queries.size(), rounds, events_in_round);
    for (std::size_t what = 0; what < mixes; ++what) {
        auto& all = times.at(what);
        std::sort(all.begin(), all.end());
        fmt::print("{:<28} {:>6.1f} us  (fastest {:>6.1f})  {:>5.1f} changes\n", names.at(what),
                   all[all.size() / 2], all.front(),
                   static_cast<double>(changes.at(what)) /
                       static_cast<double>(rounds * events_in_round));
    }
    return 0;
}
