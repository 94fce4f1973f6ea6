#include "agent/process/run.hpp"

#include "agent/observe/pages.hpp"
#include "agent/process/control_socket.hpp"
#include "agent/process/notify.hpp"
#include "agent/process/signals.hpp"
#include "agent/process/watchdog.hpp"
#include "agent/service.hpp"
#include "agent/stages/agent_events.hpp"
#include "agent/stages/log_file.hpp"
#include "async/task_group.hpp"
#include "base/memory.hpp"
#include "netfilter/iptables/dataplane.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

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

std::unique_ptr<ruleset::dataplane> kernel_of(const configuration& config) {
    if (config.dry_run)
        return netfilter::iptables::open_memory_dataplane(config.mark_mask);
    return netfilter::iptables::open_dataplane({.mark_mask = config.mark_mask});
}

/// The log, open twice: to write, and to read beside it.
struct log_handles {
    std::unique_ptr<eventlog::log_writer> writer;
    std::unique_ptr<eventlog::log_reader> reader;
};

result<log_handles> open(const configuration& config, const async::clock& time) {
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
    return log_handles{std::move(*writer), std::move(*reader)};
}

async::awaitable<void> serve_pages(http::listener& where, const service& of, async::clock& time,
                                   logger& logger) {
    http::request_handler pages = make_pages([&of] { return of.report(); });
    // They are asked for by GET: a request with a body is refused before it is read.
    const http::server_limits bounds{
        .connections_of_client = limits::page_connections_of_client_max, .body_bytes = 0};
    const http::server_tools tools{.time = time, .log = logger, .limits = bounds};
    co_await http::serve(where, std::move(pages), tools);
}

/// Where the pages are served: the Unix socket and --listen, as far as they are wanted.
result<std::vector<http::listener>> open_doors(const async::executor& where,
                                               const configuration& config, logger& logger) {
    std::vector<http::listener> doors;
    auto control = open_control_socket(where, config, logger);
    if (!control)
        return control.error();
    if (*control)
        doors.push_back(std::move(**control));
    if (config.listen.empty())
        return doors;
    auto opened = http::listener::open(where, config.listen);
    if (!opened)
        return opened.error();
    doors.push_back(std::move(*opened));
    return doors;
}

} // namespace

result<void> run(const configuration& config, const configuration_source& reread,
                 const known_kinds& known, logger& logger) {
    configure_heap();
    async::real_clock time;
    asio::io_context network(1);
    asio::signal_set hang_ups(network, SIGHUP); // from here on HUP does not end the process
    const auto kernel = kernel_of(config);
    if (const auto able = kernel->probe(); !able)
        return able.error();
    auto log = open(config, time);
    if (!log)
        return log.error();

    const log_file file(config.db);
    asio::thread_pool log_pool(1);
    asio::thread_pool compile_pool(1);
    asio::thread_pool kernel_pool(1);
    asio::thread_pool drift_pool(1);
    asio::thread_pool file_pool(1);
    const auto kernel_seen = config.dry_run ? nullptr : kernel_of(config);
    std::mt19937_64 random(static_cast<std::uint64_t>(time.now().time_since_epoch().count()));
    service running(config, {.known = known,
                             .log_pool = log_pool.get_executor(),
                             .compile_pool = compile_pool.get_executor(),
                             .kernel_pool = kernel_pool.get_executor(),
                             .log = *log->writer,
                             .log_reading = *log->reader,
                             .log_present = [&file] { return file.present(); },
                             .kernel = *kernel,
                             .kernel_seen = kernel_seen.get(),
                             .drift_pool = drift_pool.get_executor(),
                             .file_pool = file_pool.get_executor(),
                             .time = time,
                             .random = [&] { return std::uniform_real_distribution<>()(random); },
                             .logger = logger,
                             .load_credentials = loader_of(config),
                             .dial = http::make_dialer});
    reloader reloads(config,
                     {.read = reread,
                      .record = [&](configuration c) { return running.reconfigure(std::move(c)); },
                      .pool = file_pool.get_executor(),
                      .logger = logger});
    auto doors = open_doors(network.get_executor(), config, logger);
    if (!doors)
        return doors.error();
    if (const auto started = running.start(); !started)
        return started.error();

    bool enforcing = false;
    std::vector<async::awaitable<void>> tasks;
    tasks.push_back(until_stopped(logger));
    tasks.push_back(reload_on(hang_ups, reloads, enforcing, time));
    tasks.push_back(running.run([&] {
        logger.info("following the API server");
        enforcing = true;
        notify_ready("enforcing");
    }));
    for (auto& door : *doors)
        tasks.push_back(serve_pages(door, running, time, logger));
    if (const auto interval = watchdog_interval())
        tasks.push_back(feed_watchdog(running.measured(), time, *interval, notify_watchdog));
    std::exception_ptr problem;
    asio::co_spawn(network, async::run_all(std::move(tasks)),
                   [&](const std::exception_ptr& ended_by) { problem = ended_by; });
    network.run();
    const model::append_request stopped =
        stopped_event(problem ? async::describe(problem) : "signal");
    log_pool.join();
    (void)log->writer->append({&stopped, 1});
    (void)log->writer->checkpoint();
    kernel_pool.join();
    drift_pool.join();
    file_pool.join();
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
