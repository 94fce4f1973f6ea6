// The whole service in one thread on virtual time, with everything going wrong around it and
// crashes in between.
#include "property/seeds.hpp"
#include "sim/invariants.hpp"
#include "sim/workload.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace nodewall::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t changes_in_a_run = 150;

/// The invariants of a world that has been quiet.
void check_quiet(world& w) {
    the_service_is_ready(w);
    the_kernel_holds_what_the_log_says(w);
    the_log_holds_what_the_server_holds(w);
    the_kernel_holds_what_the_server_says(w);
}

std::size_t lists_in(const std::vector<std::string>& requests) {
    return static_cast<std::size_t>(
        std::count_if(requests.begin(), requests.end(), [](const auto& line) {
            return line.find("limit=500") != std::string::npos;
        }));
}

/// Nothing has changed since the world was quiet: a restart touches nothing and lists nothing.
void restart_without_news(world& w) {
    w.crash();
    w.requests.clear();
    const auto steps = w.kernel.steps;
    w.boot();
    w.pass(1min);
    EXPECT_EQ(w.kernel.steps, steps) << "the kernel was touched, and nothing had changed";
    EXPECT_FALSE(w.requests.empty());
    EXPECT_EQ(lists_in(w.requests), 0U) << "the log had a cursor that the server still knew";
    check_quiet(w);
}

/// A node that boots without its API server is protected by what it last knew.
void reboot_without_server(world& w) {
    w.crash();
    w.reachable = false;
    w.kernel.boot();
    w.boot();
    w.pass(1s);
    the_kernel_holds_what_the_log_says(w);
    w.reachable = true;
}

void run_through(std::uint64_t seed, bool log_on_disk) {
    world w(seed, log_on_disk);
    workload work(w, seed, changes_in_a_run);
    chance when(seed);
    w.boot();
    while (!work.over() && !testing::Test::HasFailure()) {
        work.step();
        if (one_in(when, 8)) {
            w.crash();
            w.boot();
        }
        if (!one_in(when, 20))
            continue;
        work.quiet();
        check_quiet(w);
        if (one_in(when, 2))
            restart_without_news(w);
        else
            reboot_without_server(w);
    }
    work.quiet();
    check_quiet(w);
    EXPECT_TRUE(w.stop()) << "asked to stop, the service waited for something";
    the_log_is_whole(w);
    every_apply_can_be_repeated(w);
}

/// Another cluster answers at the address after a restart; so many handlers later comes a crash, or
/// none where that is zero.
void change_cluster(std::uint64_t seed, std::size_t crash_after) {
    world w(seed, false);
    workload first(w, seed, 30);
    first.change_whole_cluster();
    w.boot();
    first.quiet();
    w.crash();
    w.replace_cluster("second");
    workload second(w, seed + 1, 60); // its resourceVersions are past those of the first
    second.change_whole_cluster();
    w.boot();
    if (crash_after > 0) {
        w.run(crash_after);
        w.crash();
        w.boot();
    }
    second.quiet();
    check_quiet(w);
    the_log_is_whole(w);
    every_apply_can_be_repeated(w);
}

TEST(Simulation, TheServiceKeepsItsPromisesOverALogInMemory) {
    test::for_each_seed(25, [](std::uint64_t seed) { run_through(seed, false); });
}

TEST(Simulation, TheServiceKeepsItsPromisesOverALogOnDisk) {
    test::for_each_seed(3, [](std::uint64_t seed) { run_through(seed, true); });
}

std::size_t events_in(const world& w, std::string_view stream, std::string_view type) {
    eventlog::event_filter which;
    which.stream = stream;
    which.type = type;
    return w.log().read(which, SIZE_MAX).value().size();
}

/// A Service of namespace c, which no history touches, with a NodePort and a pod behind it.
void add_open_door(world& w) {
    auto& store = w.server().store();
    const auto put = [&](std::string_view kind, const std::string& name, std::string_view body) {
        EXPECT_TRUE(
            store.put(std::string(kind), {"c", name}, boost::json::parse(body).as_object()));
    };
    put("pods", "behind",
        R"({"metadata":{"uid":"p"},"status":{"phase":"Running","podIP":"10.9.0.1"}})");
    put("services", "door",
        R"({"metadata":{"uid":"s"},"spec":{"type":"NodePort","clusterIP":"10.96.0.9",)"
        R"("ports":[{"nodePort":30999,"port":80}]}})");
    put("endpointslices.discovery.k8s.io", "door-1",
        R"({"metadata":{"uid":"e","labels":{"kubernetes.io/service-name":"door"}},)"
        R"("addressType":"IPv4","ports":[{"port":80}],"endpoints":[{"addresses":["10.9.0.1"]}]})");
}

/// A definition is installed and removed while the service runs; `told`: its objects are deleted
/// first, as a real API server does it.
void install_and_remove_a_kind(std::uint64_t seed, bool told) {
    world w(seed, false);
    workload work(w, seed, 200);
    work.change_whole_cluster();
    add_open_door(w);
    w.boot();
    work.quiet();
    const auto before = w.report().applied.digest;
    w.server().install(fence_resource());
    for (const auto* namespace_ : {"a", "c"})
        EXPECT_TRUE(w.server().store().put(std::string(fence_stream), {"", namespace_},
                                           fence(namespace_, namespace_, "192.0.2.0/24")));
    work.quiet();
    check_quiet(w);
    EXPECT_NE(w.report().applied.digest, before) << "the fence of c shut no door";
    w.server().uninstall(fence_stream, told);
    work.quiet();
    check_quiet(w);
    EXPECT_EQ(w.report().applied.digest, before);
    EXPECT_EQ(events_in(w, fence_stream, "DELETED"), 2U);
    EXPECT_EQ(events_in(w, fence_stream, "UNSERVED"), 1U);
    the_log_is_whole(w);
    every_apply_can_be_repeated(w);
}

TEST(Simulation, AKindThatOnlyTheTestKnowsCountsWhileItIsServed) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
        for (const bool told : {true, false})
            install_and_remove_a_kind(seed, told);
}

TEST(Simulation, AnotherClusterAtTheSameAddressIsListedAnew) {
    test::for_each_seed(5, [](std::uint64_t seed) { change_cluster(seed, 0); });
}

TEST(Simulation, AnotherClusterIsListedAnewEvenIfTheServiceCrashesOnTheWay) {
    test::for_each_seed(40, [](std::uint64_t seed) { change_cluster(seed, seed * 25); });
}

} // namespace
} // namespace nodewall::sim
