#include "agent/run.hpp"

#include "agent/acts.hpp"
#include "agent/dry_dataplane.hpp"
#include "agent/notify.hpp"
#include "agent/pages.hpp"
#include "agent/service.hpp"
#include "async/task_group.hpp"
#include "base/memory.hpp"
#include "netfilter/kernel.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>

namespace nodewall::agent {

namespace {

namespace asio = boost::asio;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

kube::config_loader loader_of(const configuration& config) {
    if (!config.kubeconfig.empty())
        return [path = config.kubeconfig, context = config.context] {
            return kube::load_kubeconfig(path, context);
        };
    if (!config.kubeconfigs.empty())
        return [paths = config.kubeconfigs, context = config.context] {
            return kube::load_kubeconfigs(paths, context);
        };
    return [] {
        kube::pod_environment pod;
        pod.host = environment("KUBERNETES_SERVICE_HOST");
        pod.port = environment("KUBERNETES_SERVICE_PORT");
        return kube::load_in_cluster(pod);
    };
}

std::unique_ptr<model::dataplane> kernel_of(const configuration& config) {
    if (config.dry_run)
        return std::make_unique<dry_dataplane>();
    return netfilter::open_kernel({});
}

/// The log, open twice: to write, and to read beside it.
struct open_log {
    std::unique_ptr<eventlog::log_writer> writer;
    std::unique_ptr<eventlog::log_reader> reader;
};

result<open_log> open(const configuration& config, const async::clock& time) {
    auto writer = eventlog::open_writer({.path = config.db,
                                         .now = [&time] { return time.now(); },
                                         .vfs = {},
                                         .create = true,
                                         .bytes_max = config.log_bytes_max});
    if (!writer)
        return writer.error();
    auto reader = eventlog::open_reader(config.db);
    if (!reader)
        return reader.error();
    return open_log{std::move(*writer), std::move(*reader)};
}

/// The process ends then, whatever still runs: the log is crash-safe.
void leave_after(std::chrono::microseconds grace) {
    std::signal(SIGALRM, [](int) { _exit(0); });
    itimerval timer{};
    timer.it_value.tv_sec = grace / std::chrono::seconds(1);
    timer.it_value.tv_usec = (grace % std::chrono::seconds(1)).count();
    setitimer(ITIMER_REAL, &timer, nullptr);
}

/// Ends at TERM or INT; what does not end within the grace is left behind.
async::awaitable<void> until_signalled(logger& lines) {
    asio::signal_set signals(co_await asio::this_coro::executor, SIGTERM, SIGINT);
    const auto number = co_await signals.async_wait(asio::use_awaitable);
    lines.info("stopping on {}; the rules stay", number == SIGTERM ? "TERM" : "INT");
    notify_stopping();
    leave_after(limits::stop_grace);
}

async::awaitable<void> serve_pages(http::listener& where, const service& of, async::clock& time,
                                   logger& lines) {
    http::request_handler pages = make_pages([&of] { return of.report(); });
    const http::server_tools tools{.time = time, .log = lines, .limits = {}};
    co_await http::serve(where, std::move(pages), tools);
}

} // namespace

result<void> run(const configuration& config, logger& lines) {
    configure_heap();
    async::real_clock time;
    const auto kernel = kernel_of(config);
    if (const auto able = kernel->probe(); !able)
        return able.error();
    auto log = open(config, time);
    if (!log)
        return log.error();

    asio::io_context network(1);
    asio::thread_pool log_pool(1);
    asio::thread_pool compile_pool(1);
    asio::thread_pool kernel_pool(1);
    asio::thread_pool drift_pool(1);
    const auto kernel_seen = config.dry_run ? nullptr : kernel_of(config);
    std::mt19937_64 random(static_cast<std::uint64_t>(time.now().time_since_epoch().count()));
    service running(config, {.log_pool = log_pool.get_executor(),
                             .compile_pool = compile_pool.get_executor(),
                             .kernel_pool = kernel_pool.get_executor(),
                             .log = *log->writer,
                             .log_reading = *log->reader,
                             .kernel = *kernel,
                             .kernel_seen = kernel_seen.get(),
                             .drift_pool = drift_pool.get_executor(),
                             .time = time,
                             .chance = [&] { return std::uniform_real_distribution<>()(random); },
                             .lines = lines,
                             .load_credentials = loader_of(config),
                             .dial = http::make_dialer});
    std::optional<http::listener> pages;
    if (!config.listen.empty()) {
        auto opened = http::listener::open(network.get_executor(), config.listen);
        if (!opened)
            return opened.error();
        pages.emplace(std::move(*opened));
    }
    if (const auto started = running.start(); !started)
        return started.error();

    std::vector<async::awaitable<void>> tasks;
    tasks.push_back(until_signalled(lines));
    tasks.push_back(running.run([&] {
        lines.info("enforcing what the log knows; following the API server");
        notify_ready("enforcing");
    }));
    if (pages)
        tasks.push_back(serve_pages(*pages, running, time, lines));
    std::exception_ptr problem;
    asio::co_spawn(network, async::run_all(std::move(tasks)),
                   [&](const std::exception_ptr& ended_by) { problem = ended_by; });
    network.run();
    const model::append_request stopped =
        stopped_act(problem ? async::describe(problem) : "signal");
    log_pool.join();
    (void)log->writer->append({&stopped, 1});
    kernel_pool.join();
    drift_pool.join();
    compile_pool.join();
    try {
        if (problem)
            std::rethrow_exception(problem);
    } catch (const error_exception& e) {
        return e.cause();
    }
    return {};
}

} // namespace nodewall::agent
