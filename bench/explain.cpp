// How many questions a second `nodewall explain --stdin` answers, on a large cluster.
//
//     explain [QUESTIONS] [SEED]
//
// A log of 10,000 pods in 100 namespaces, 1,000 policies and 500 Services with ten endpoints each,
// in TMPDIR (else /var/tmp). The questions run through the very code of --stdin: JSON in, the
// answer, the events that it cites, JSON out to /dev/null. Three mixes, each on its own: pods to
// pods, outsiders and pods to NodePorts, and pods to pods where all policies stand in one
// namespace.
#include "cli/explain_lines.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <random>
#include <sstream>

namespace {

using namespace nodewall;

constexpr std::size_t pod_count = 10'000, namespace_count = 100, policy_count = 1'000,
                      service_count = 500, endpoint_count = 10;
constexpr double rate_wanted = 20'000;

using watch = std::chrono::steady_clock;

double seconds_since(watch::time_point start) {
    return std::chrono::duration<double>(watch::now() - start).count();
}

/// The cluster as objects in a log.
class cluster {
public:
    /// `crowded`: all policies in the first namespace.
    static void write(const std::string& path, bool crowded) { cluster to(path, crowded); }

    static std::string namespace_of(std::size_t i) {
        return fmt::format("team-{}", i % namespace_count);
    }
    static std::string address_of(std::size_t i) {
        return fmt::format("10.{}.{}.{}", i / 62'500, i / 250 % 250, i % 250 + 1);
    }

private:
    cluster(const std::string& path, bool crowded) {
        log_ = eventlog::open_writer({.path = path,
                                      .now = [] { return timestamp(std::chrono::seconds(1)); },
                                      .create = true})
                   .value();
        for (std::size_t i = 0; i < namespace_count; ++i)
            add("namespaces", "", namespace_of(i),
                fmt::format(R"("labels":{{"team":"t{}"}})", i % 10), "");
        for (std::size_t i = 0; i < pod_count; ++i)
            add_pod(i);
        for (std::size_t i = 0; i < policy_count; ++i)
            add_policy(i, crowded ? 0 : i % namespace_count);
        for (std::size_t i = 0; i < service_count; ++i)
            add_service(i);
        flush();
    }

    void add_pod(std::size_t i) {
        add("pods", namespace_of(i), fmt::format("pod-{}", i),
            fmt::format(R"("labels":{{"app":"a{}","tier":"t{}"}})", i / namespace_count % 10,
                        i % 3),
            fmt::format(R"(,"spec":{{"nodeName":"node-{}","containers":[{{"ports":[)"
                        R"({{"name":"http","containerPort":8080}}]}}]}},)"
                        R"("status":{{"phase":"Running","podIPs":[{{"ip":"{}"}}]}})",
                        i % 50, address_of(i)));
    }

    void add_policy(std::size_t i, std::size_t namespace_) {
        add("networkpolicies.networking.k8s.io", namespace_of(namespace_),
            fmt::format("policy-{}", i), R"("labels":{})",
            fmt::format(R"(,"spec":{{"podSelector":{{"matchLabels":{{"app":"a{0}"}}}},)"
                        R"("policyTypes":["Ingress","Egress"],"ingress":[{{"from":[)"
                        R"({{"namespaceSelector":{{"matchLabels":{{"team":"t{0}"}}}}}},)"
                        R"({{"ipBlock":{{"cidr":"198.51.0.0/16","except":["198.51.{0}.0/24"]}}}}],)"
                        R"("ports":[{{"port":"http"}}]}}],)"
                        R"("egress":[{{"to":[{{"namespaceSelector":{{}}}}]}}]}})",
                        i / namespace_count % 10));
    }

    void add_service(std::size_t i) {
        const auto name = fmt::format("service-{}", i);
        add("services", namespace_of(i), name, R"("labels":{})",
            fmt::format(R"(,"spec":{{"type":"NodePort","ports":[{{"port":80,"nodePort":{}}}],)"
                        R"("clusterIP":"10.200.{}.{}"}})",
                        30'000 + i, i / 250, i % 250 + 1));
        std::string endpoints;
        for (std::size_t n = 0; n < endpoint_count; ++n) {
            const auto pod = i % namespace_count + n * namespace_count;
            endpoints += fmt::format(
                R"({}{{"addresses":["{}"],"targetRef":{{"kind":"Pod","name":"pod-{}"}}}})",
                n == 0 ? "" : ",", address_of(pod), pod);
        }
        add("endpointslices.discovery.k8s.io", namespace_of(i), name,
            fmt::format(R"("labels":{{"kubernetes.io/service-name":"{}"}})", name),
            fmt::format(R"(,"addressType":"IPv4","endpoints":[{}],"ports":[{{"port":8080}}])",
                        endpoints));
    }

    void add(const std::string& stream, const std::string& namespace_, const std::string& name,
             const std::string& labels, const std::string& rest) {
        if (!events_.events.empty() &&
            (stream != events_.stream || events_.events.size() == limits::append_batch_events_max))
            flush();
        events_.stream = stream;
        const auto version = std::to_string(++version_);
        events_.events.push_back(
            {model::observed_event::action::added,
             {.namespace_ = namespace_,
              .name = name,
              .uid = "uid-" + version,
              .resource_version = version,
              .body = fmt::format(R"({{"metadata":{{"namespace":"{}","name":"{}","uid":"uid-{}",)"
                                  R"("resourceVersion":"{}",{}}}{}}})",
                                  namespace_, name, version, version, labels, rest)}});
    }

    void flush() {
        const model::append_request request = events_;
        log_->append({&request, 1}).value();
        events_.events.clear();
    }

    std::unique_ptr<eventlog::log_writer> log_;
    model::watch_events events_;
    std::uint64_t version_ = 0;
};

using question_maker = std::function<std::string(std::mt19937_64&)>;

std::string pod_to_pod(std::mt19937_64& random) {
    const auto from = random() % pod_count, to = random() % pod_count;
    return fmt::format(R"({{"from":"{}/pod-{}","to":"{}","port":8080,"protocol":"TCP"}})",
                       cluster::namespace_of(from), from, cluster::address_of(to));
}

std::string into_one_namespace(std::mt19937_64& random) {
    const auto from = random() % pod_count;
    const auto to = random() % (pod_count / namespace_count) * namespace_count;
    return fmt::format(R"({{"from":"{}","to":"{}/pod-{}","port":8080}})", cluster::address_of(from),
                       cluster::namespace_of(to), to);
}

std::string to_node_port(std::mt19937_64& random) {
    const auto from = random() % 2 == 0 ? cluster::address_of(random() % pod_count)
                                        : fmt::format("198.51.{}.9", random() % 20);
    return fmt::format(R"({{"from":"{}","to":"nodeport:TCP/{}"}})", from,
                       30'000 + random() % service_count);
}

struct figures {
    double load_ms = 0, build_ms = 0, rate = 0, cpu_rate = 0;
};

figures measure(const std::string& db, const question_maker& make, std::size_t questions,
                std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::ostringstream lines;
    for (std::size_t i = 0; i < questions; ++i)
        lines << make(random) << '\n';
    figures f;
    auto start = watch::now();
    const auto v = cli::load_view({.db = db, .node = "node-1"}, agent::standard_kinds()).value();
    f.load_ms = seconds_since(start) * 1e3;
    const auto& state = v.history.projected.state();
    start = watch::now();
    const explain::explainer explainer({.objects = state.objects,
                                        .endpoint_slices_known = state.endpoint_slices_known,
                                        .undecodable = state.undecodable,
                                        .settings = v.settings,
                                        .translators = policy::builtin_translators()});
    f.build_ms = seconds_since(start) * 1e3;
    std::istringstream input(lines.str());
    start = watch::now();
    const auto busy = std::clock();
    const auto explain = [&](const explain::question& asked) { return explainer.explain(asked); };
    const int code = cli::answer_lines(explain, v, input);
    f.rate = static_cast<double>(questions) / seconds_since(start);
    f.cpu_rate =
        static_cast<double>(questions) * CLOCKS_PER_SEC / static_cast<double>(std::clock() - busy);
    if (code != cli::exit_code::done)
        throw std::runtime_error("a question was not understood");
    return f;
}

int run(const std::string& folder, std::size_t questions, std::uint64_t seed) {
    const auto spread = folder + "/spread.db", crowded = folder + "/crowded.db";
    cluster::write(spread, false);
    cluster::write(crowded, true);
    fmt::print(stderr,
               "explain --stdin: {} pods in {} namespaces, {} policies, {} Services of {} "
               "endpoints, {} questions each, seed {}\n",
               pod_count, namespace_count, policy_count, service_count, endpoint_count, questions,
               seed);
    const auto report = [&](const char* what, const std::string& db, const question_maker& make) {
        const auto f = measure(db, make, questions, seed);
        fmt::print(stderr,
                   "{:<42} {:>7.0f} questions/s  {:>7.0f} a CPU second   load {:>4.0f} ms, build "
                   "{:>3.0f} ms\n",
                   what, f.rate, f.cpu_rate, f.load_ms, f.build_ms);
        return f.rate;
    };
    const auto rate = report("pod to pod", spread, pod_to_pod);
    report("outsiders and pods to NodePorts", spread, to_node_port);
    report("to pods of the namespace of all policies", crowded, into_one_namespace);
    fmt::print(stderr, "wanted: {:.0f} questions/s, pod to pod\n", rate_wanted);
    return rate >= rate_wanted ? 0 : 1;
}

std::string default_folder() {
    const char* set = std::getenv("TMPDIR");
    return set != nullptr ? set : "/var/tmp";
}

} // namespace

int main(int argc, char** argv) {
    std::string folder = default_folder() + "/nodewall-bench-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr || std::freopen("/dev/null", "w", stdout) == nullptr) {
        fmt::print(stderr, "cannot make {}\n", folder);
        return 3;
    }
    const int code = run(folder, argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000,
                         argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1);
    std::filesystem::remove_all(folder);
    return code;
}
