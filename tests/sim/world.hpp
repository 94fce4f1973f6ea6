// A node and its API server in one thread, on virtual time.
//
//     api_server ══pipes══ service ──▶ faulty_log ──▶ log
//       (outside)             (node)  ──▶ faulty_kernel
//
// A crash ends the service and all that it had under way; the log and the kernel stay as they are.
#pragma once

#include "agent/service.hpp"
#include "apiserver/server.hpp"
#include "sim/faults.hpp"
#include "sim/fences.hpp"
#include "sim/machine.hpp"
#include "unit/eventlog/fixture.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nodewall::sim {

inline constexpr auto node_name = "here";

class world {
public:
    /// The log is a file, or in memory.
    world(std::uint64_t seed, bool log_on_disk);
    world(const world&) = delete;
    ~world();

    /// Starts the service on the log as it is.
    void boot();
    /// Ends everything volatile, between any two handlers.
    void crash();
    /// Asks the service to end; whether it did without waiting for anything.
    bool stop();

    /// At most so many handlers, and no time at all.
    void run(std::size_t handlers);
    /// To the last ready handler at each instant on the way, and at the end.
    void pass(async::nanoseconds time);

    apiserver::api_server& server() { return *server_; }
    /// Another cluster at the same address: without an object of the one before.
    void replace_cluster(std::string name);
    /// A request to the API server's /_control.
    void control(std::string body);
    void cut_connections();

    const eventlog::log_reader& log() const { return *log_reading_; }
    /// Empty where the log is in memory.
    std::string log_file() const { return on_disk_ ? folder_ / "log.db" : std::string(); }
    agent::service_report report() const { return service_->report(); }
    /// Why the service ended by itself; nothing while it runs.
    const std::optional<std::string>& ended() const { return ended_; }

    const agent::known_kinds known = kinds_with_fences();
    bool reachable = true;
    std::vector<std::string> requests; // to the API server
    faulty_kernel kernel{chance_};
    double disk_failing = 0; // the part of the log's calls that fail; not at the start

private:
    async::awaitable<void> run_service();
    void cancel_service();
    bool run_one();
    void open_log();
    async::awaitable<result<std::unique_ptr<async::byte_stream>>> connect();
    async::awaitable<void> serve(std::shared_ptr<async::byte_stream> peer);
    async::awaitable<void> post(std::string body);

    chance chance_;
    bool on_disk_;
    machine outside_{timestamp(std::chrono::seconds(1'800'000'000))}; // the API server's
    std::unique_ptr<logger> lines_;
    std::optional<apiserver::api_server> server_;
    std::vector<std::weak_ptr<async::byte_stream>> connections_;

    eventlog::scratch_folder folder_;
    std::unique_ptr<eventlog::log_writer> log_writing_;
    std::unique_ptr<eventlog::log_reader> log_on_disk_;
    const eventlog::log_reader* log_reading_ = nullptr;
    std::optional<faulty_log> log_;

    // Of one life.
    std::optional<boost::asio::cancellation_signal> stop_;
    bool begun_ = false; // the service's run() has taken its first step
    std::unique_ptr<machine> node_;
    std::unique_ptr<agent::service> service_;
    std::optional<std::string> ended_;
};

} // namespace nodewall::sim
