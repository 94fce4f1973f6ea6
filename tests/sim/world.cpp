#include "sim/world.hpp"

#include "async/pipe.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace nodewall::sim {

namespace asio = boost::asio;
using namespace std::chrono_literals;

world::world(std::uint64_t seed, bool log_on_disk)
    : chance_(seed), on_disk_(log_on_disk),
      // NODEWALL_SIM_LOG=1 shows what the service says.
      lines_(std::getenv("NODEWALL_SIM_LOG") != nullptr ? make_stderr_logger(log_level::debug)
                                                        : make_null_logger()) {
    replace_cluster("first");
    if (!on_disk_) {
        log_writing_ = eventlog::make_memory_log([this] { return outside_.time().now(); });
        log_reading_ = log_writing_.get();
    }
}

world::~world() {
    if (node_)
        crash();
    while (outside_.run_one(chance_)) {
    }
}

void world::open_log() {
    if (on_disk_) {
        log_writing_ = eventlog::open_writer({.path = log_file(),
                                              .now = [this] { return outside_.time().now(); },
                                              .create = true})
                           .value();
        log_on_disk_ = eventlog::open_reader(log_file()).value();
        log_reading_ = log_on_disk_.get();
    }
    log_.emplace(*log_writing_, *log_reading_, chance_);
}

void world::boot() {
    open_log();
    node_ = std::make_unique<machine>(outside_.time().now());
    agent::configuration config;
    config.gate.node_name = node_name;
    service_ = std::make_unique<agent::service>(
        config, agent::service_parts{
                    .known = known,
                    .log_pool = node_->on(machine::log),
                    .compile_pool = node_->on(machine::compile),
                    .kernel_pool = node_->on(machine::kernel),
                    .log = *log_,
                    .log_reading = *log_,
                    .kernel = kernel,
                    .kernel_seen = &kernel,
                    .drift_pool = node_->on(machine::drift),
                    .file_pool = node_->on(machine::files),
                    .time = node_->time(),
                    .random = [this] { return fraction(chance_); },
                    .logger = *lines_,
                    .load_credentials = []() -> result<kube::server_config> {
                        return kube::server_config{.server = http::parse_url("http://api").value()};
                    },
                    .dial = [this](const auto&, const auto&) -> result<http::dialer> {
                        return http::dialer([this] { return connect(); });
                    }});
    service_->start().value();
    log_->failing = disk_failing;
    ended_.reset();
    stop_.emplace();
    begun_ = false;
    asio::co_spawn(node_->on(machine::network), run_service(),
                   asio::bind_cancellation_slot(stop_->slot(), [this](std::exception_ptr problem) {
                       ended_ = problem ? async::describe(problem) : "it returned";
                   }));
}

async::awaitable<void> world::run_service() {
    begun_ = true;
    co_await service_->run([] {});
}

/// Not before its first step: from Boost 1.82 on, an exception leaves the event loop then.
void world::cancel_service() {
    while (!begun_ && node_->run_one(chance_)) {
    }
    stop_->emit(asio::cancellation_type::terminal);
}

void world::crash() {
    // From here on nothing that it does reaches anything: it ends to give its memory back.
    cut_connections();
    const bool could_connect = std::exchange(reachable, false);
    kernel.out_of_reach = true;
    log_->failing = 1;
    cancel_service();
    while (node_->run_one(chance_)) {
    }
    kernel.out_of_reach = false;
    reachable = could_connect;
    service_.reset();
    node_.reset();
    log_.reset();
    if (on_disk_) {
        log_on_disk_.reset();
        log_writing_.reset();
    }
}

bool world::stop() {
    cancel_service();
    pass(0s);
    return ended_.has_value();
}

bool world::run_one() {
    log_->failing = disk_failing;
    const bool node_first = one_in(chance_, 2);
    return (node_first && node_->run_one(chance_)) || outside_.run_one(chance_) ||
           (!node_first && node_->run_one(chance_));
}

void world::run(std::size_t handlers) {
    while (handlers > 0 && run_one())
        --handlers;
}

void world::pass(async::nanoseconds time) {
    const auto end = outside_.time().now() + time;
    for (;;) {
        run(SIZE_MAX);
        auto next = end;
        for (auto* one : {&outside_, node_.get()})
            if (const auto deadline = one->time().next_deadline())
                next = std::min(next, one->time().now() + (*deadline - one->time().steady()));
        for (auto* one : {&outside_, node_.get()})
            one->time().advance(next - one->time().now());
        if (next == end)
            break;
    }
    run(SIZE_MAX);
}

void world::replace_cluster(std::string name) {
    cut_connections();
    while (outside_.run_one(chance_)) {
    }
    apiserver::api_server_options options;
    options.cluster = std::move(name);
    options.request_log = [this](auto line) { requests.emplace_back(line); };
    server_.emplace(outside_.time(), std::move(options));
}

void world::control(std::string body) {
    asio::co_spawn(outside_.on(machine::network), post(std::move(body)), asio::detached);
}

async::awaitable<void> world::post(std::string body) {
    auto [here, there] = async::make_pipe();
    std::shared_ptr<async::byte_stream> peer = std::move(there);
    const auto request = "POST /_control HTTP/1.1\r\nConnection: close\r\nContent-Length: " +
                         std::to_string(body.size()) + "\r\n\r\n" + body;
    connections_.push_back(peer);
    asio::co_spawn(outside_.on(machine::network), serve(std::move(peer)), asio::detached);
    co_await async::write_all(*here, request);
    std::array<char, 4096> answer{};
    co_await here->async_read_some(answer);
}

void world::cut_connections() {
    for (const auto& connection : std::exchange(connections_, {}))
        if (const auto open = connection.lock())
            open->close();
}

async::awaitable<result<std::unique_ptr<async::byte_stream>>> world::connect() {
    if (!reachable)
        co_return error(http::errc::cannot_connect);
    auto [here, there] = async::make_pipe();
    std::shared_ptr<async::byte_stream> peer = std::move(there);
    connections_.push_back(peer);
    asio::co_spawn(outside_.on(machine::network), serve(std::move(peer)), asio::detached);
    co_return std::move(here);
}

async::awaitable<void> world::serve(std::shared_ptr<async::byte_stream> peer) {
    const http::request_handler handle = [this](const auto& request, auto& out) {
        return server_->handle(request, out);
    };
    const http::server_tools tools{.time = outside_.time(), .log = *lines_, .limits = {}};
    co_await http::serve_connection(*peer, handle, tools);
}

} // namespace nodewall::sim
