// A large log, and how long it takes from opening it to the ruleset, step by step.
//
//     start_log make FILE [EVENTS] [PODS]    a log of 1,000,000 events in which 10,000 pods live
//     start_log checkpoint FILE on|off       writes its checkpoint, or takes it away
//     start_log time FILE                    milliseconds of each step, as JSON
//
// One row in EVENTS/PODS sets a pod that stays, so that the live ones are scattered evenly over the
// whole file; the rows between are pods of jobs that come, change twice and go. 100 namespaces,
// each with a Service of one NodePort, its EndpointSlice of a hundred endpoints and a
// NetworkPolicy.
#include "compiler/compiler.hpp"
#include "eventlog/log.hpp"
#include "projection/projector.hpp"

#include <fmt/core.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string_view>

namespace {

using namespace nodewall;

constexpr std::uint64_t group = limits::append_batch_events_max, namespaces = 100;
using action = model::observed_event::action;

struct item {
    std::string stream;
    model::observed_event event;
};

std::string ip_of(std::uint64_t n) {
    return fmt::format("10.{}.{}.{}", 64 + n / 65536 % 64, n / 256 % 256, n % 256);
}

item object_of(model::kind kind, action what, std::string ns, std::string name,
               std::uint64_t version, std::string_view labels, std::string_view rest) {
    const auto uid = fmt::format("8f14e45f-ceea-467f-9b0a-{:012x}",
                                 std::hash<std::string>{}(ns + "/" + name) & 0xffffffffffff);
    const auto body = fmt::format(
        R"({{"apiVersion":"v1","kind":"{}","metadata":{{"name":"{}","namespace":"{}","uid":"{}",)"
        R"("resourceVersion":"{}","creationTimestamp":"2026-11-23T08:00:00Z","labels":{{{}}},)"
        R"("ownerReferences":[{{"kind":"ReplicaSet","name":"{}-owner","uid":"{}"}}],)"
        R"("managedFields":[{{"manager":"kubelet"}}]}},{}}})",
        model::object_kind(kind), name, ns, uid, version, labels, name, uid, rest);
    return {std::string(model::stream_name(kind)),
            {what, {std::move(ns), std::move(name), uid, std::to_string(version), body}}};
}

item pod(action what, std::uint64_t n, std::string_view role, std::uint64_t version) {
    const auto ns = fmt::format("load-{}", n % namespaces);
    const auto labels =
        fmt::format(R"("app":"{}","tier":"backend","pod-template-hash":"6d4b75cb6d",)"
                    R"("team":"team-{}","app.kubernetes.io/instance":"{}-{}")",
                    role, n % 7, role, ns);
    const auto rest = fmt::format(
        R"("spec":{{"nodeName":"node-{}","serviceAccountName":"default","containers":[)"
        R"({{"name":"main","ports":[{{"name":"http","containerPort":8080,"protocol":"TCP"}}]}},)"
        R"({{"name":"sidecar","ports":[{{"name":"metrics","containerPort":9090,"protocol":"TCP"}}]}}]}},)"
        R"("status":{{"phase":"Running","podIP":"{}","podIPs":[{{"ip":"{}"}}],)"
        R"("hostIP":"192.168.0.{}","startTime":"2026-11-23T08:00:03Z",)"
        R"("conditions":[{{"type":"Ready","status":"True"}}]}})",
        n % 200, ip_of(n), ip_of(n), n % 200);
    return object_of(model::kind::pod, what, ns, fmt::format("{}-6d4b75cb6d-{}", role, n), version,
                     labels, rest);
}

/// What stands in the log before any pod.
std::vector<item> fixtures(std::uint64_t pods) {
    std::vector<item> all;
    all.push_back(
        object_of(model::kind::node, action::added, "", "node-0", 1, "",
                  R"("status":{"addresses":[{"type":"InternalIP","address":"192.168.0.1"}]})"));
    for (std::uint64_t n = 0; n < namespaces; ++n) {
        const auto ns = fmt::format("load-{}", n);
        all.push_back(object_of(model::kind::namespace_, action::added, "", ns, 1,
                                fmt::format(R"("team":"team-{}")", n % 7), R"("spec":{})"));
        all.push_back(object_of(
            model::kind::service, action::added, ns, "web", 1, "",
            fmt::format(R"("spec":{{"type":"NodePort","clusterIP":"10.0.1.{}","selector":)"
                        R"({{"app":"web"}},"ports":[{{"port":80,"targetPort":8080,)"
                        R"("nodePort":{},"protocol":"TCP"}}]}})",
                        n, 30000 + n)));
        all.push_back(object_of(
            model::kind::network_policy, action::added, ns, "web", 1, "",
            R"("spec":{"podSelector":{"matchLabels":{"app":"web"}},"policyTypes":["Ingress"],)"
            R"("ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"web"}}},)"
            R"({"ipBlock":{"cidr":"203.0.113.0/24"}}],"ports":[{"port":8080}]}]})"));
        std::string endpoints;
        for (auto pod = n; pod < std::min(pods, n + 100 * namespaces); pod += namespaces)
            endpoints +=
                fmt::format(R"({}{{"addresses":["{}"],"conditions":{{"ready":true}},"targetRef":)"
                            R"({{"kind":"Pod","namespace":"{}","name":"web-6d4b75cb6d-{}"}}}})",
                            endpoints.empty() ? "" : ",", ip_of(pod), ns, pod);
        all.push_back(object_of(
            model::kind::endpoint_slice, action::added, ns, "web-1", 1,
            R"("kubernetes.io/service-name":"web")",
            fmt::format(R"("addressType":"IPv4","ports":[{{"port":8080,"protocol":"TCP"}}],)"
                        R"("endpoints":[{}])",
                        endpoints)));
    }
    return all;
}

/// Row `n` of those after the fixtures.
item row(std::uint64_t n, std::uint64_t spread) {
    if (n % spread == 0)
        return pod(action::added, n / spread, "web", n);
    // Eight jobs at once, each four rows long: added, changed, changed, gone.
    const auto m = n - n / spread - 1, job = 1'000'000 + m / 32 * 8 + m % 8;
    constexpr std::array steps{action::added, action::modified, action::modified, action::deleted};
    return pod(steps.at(m / 8 % 4), job, "job", n);
}

std::unique_ptr<eventlog::log_writer> open(const std::string& path) {
    const auto now = [] { return timestamp(std::chrono::system_clock::now().time_since_epoch()); };
    return eventlog::open_writer({.path = path, .now = now, .create = true}).value();
}

void make(const std::string& path, std::uint64_t events, std::uint64_t pods) {
    const auto log = open(path);
    std::vector<model::append_request> requests;
    std::uint64_t waiting = 0;
    const auto flush = [&] {
        log->append(requests).value();
        requests.clear();
        waiting = 0;
    };
    const auto add = [&](item i) {
        model::watch_events* last =
            requests.empty() ? nullptr : &std::get<model::watch_events>(requests.back());
        if (last == nullptr || last->stream != i.stream) {
            requests.emplace_back(model::watch_events{i.stream, {}});
            last = &std::get<model::watch_events>(requests.back());
        }
        last->events.push_back(std::move(i.event));
        if (++waiting == group)
            flush();
    };
    auto first = fixtures(pods);
    const auto rest = events - std::min<std::uint64_t>(events, first.size());
    for (auto& i : first)
        add(std::move(i));
    for (std::uint64_t n = 0; n < rest; ++n)
        add(row(n, events / pods));
    flush();
}

void discard_checkpoint(const std::string& path) {
    sqlite3* db = nullptr;
    if (sqlite3_open(path.c_str(), &db) != SQLITE_OK ||
        sqlite3_exec(db, "DELETE FROM checkpoint", nullptr, nullptr, nullptr) != SQLITE_OK)
        fmt::print(stderr, "{}\n", sqlite3_errmsg(db));
    sqlite3_close(db);
}

double ms_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
        .count();
}

void time(const std::string& path) {
    const auto now = std::chrono::steady_clock::now;
    const auto begun = now();
    const auto log = eventlog::open_reader(path).value();
    const auto opened = ms_since(begun);
    const auto read_from = now();
    std::size_t heads = 0, bytes = 0;
    std::vector<model::event> events;
    log->heads([&](const model::event& e) {
           ++heads;
           bytes += e.body.size();
           events.push_back(e);
       })
        .value();
    const auto read = ms_since(read_from);
    const auto project_from = now();
    projection::projector projected;
    for (const auto& e : events)
        projected.apply(e);
    const auto project = ms_since(project_from);
    const auto compile_from = now();
    model::gate_settings settings;
    settings.node_name = "node-0";
    compiler::compiler compiler(settings);
    const auto rules = compiler.compile(projected.state());
    const auto compiled = ms_since(compile_from);
    fmt::print(R"({{"open":{:.1f},"heads":{:.1f},"project":{:.1f},"compile":{:.1f},"all":{:.1f},)"
               R"("count":{},"bytes":{},"rules":{},"members":{}}})"
               "\n",
               opened, read, project, compiled, opened + read + project + compiled, heads, bytes,
               rules.rule_count(), rules.member_count());
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view verb = argc > 2 ? argv[1] : "";
    const auto number = [&](int i, std::uint64_t otherwise) {
        return argc > i ? std::strtoull(argv[i], nullptr, 10) : otherwise;
    };
    if (verb == "make")
        make(argv[2], number(3, 1'000'000), number(4, 10'000));
    else if (verb == "checkpoint" && argc > 3 && std::string_view(argv[3]) == "on")
        open(argv[2])->checkpoint().value();
    else if (verb == "checkpoint")
        discard_checkpoint(argv[2]);
    else if (verb == "time")
        time(argv[2]);
    else
        return 2;
    return 0;
}
