// A small API server over HTTP: list and watch with resourceVersions, bookmarks and 410 Gone, for
// the demo, for tests, and for offering a log's state.
//
//     http::serve ──▶ api_server ──▶ api_machine ──▶ object_store
//     (sockets)       (waits, faults)  (requests)    (objects and history)
//
// It keeps no secrets and asks for no credentials: for loopback and test namespaces only.
#pragma once

#include "apiserver/api.hpp"
#include "apiserver/control.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "http/server.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace nodewall::apiserver {

struct api_server_options {
    std::string cluster = "small"; // another name is another cluster
    std::size_t history_max = 10'000;
    std::string endpoint_slices_version = "v1"; // or "v1beta1", or empty
    std::chrono::nanoseconds bookmark_interval = std::chrono::minutes(1);
    /// A line for each request but the control ones: "METHOD TARGET USER-AGENT". May be empty.
    std::function<void(std::string_view line)> request_log;
};

/// On one thread. It must outlive serve().
class api_server {
public:
    api_server(async::clock& time, api_server_options options);

    /// Objects as people have them in files (codec/manifest.hpp), created or replaced.
    result<void> load(std::string_view manifest);

    /// A resource more, as a CustomResourceDefinition brings it.
    void install(api_resource resource);
    /// The definition goes, and its objects with it; every watch of them ends. `told`: watches hear
    /// of each deletion first, as a real server has it.
    void uninstall(const std::string& stream, bool told = true);

    /// An http::request_handler.
    async::awaitable<void> handle(const http::server_request& request, http::responder& out);

    /// What it holds. wake() after a change from outside shows it to the watches.
    object_store& store() noexcept { return api_.store(); }
    void wake();

private:
    struct live_watch;

    async::awaitable<void> stream(api_watch watch, http::responder& out);
    async::awaitable<void> produce(live_watch& watch, http::responder& out);
    /// One step of a watch; false: it has ended.
    async::awaitable<bool> advance(live_watch& watch, http::responder& out);
    async::awaitable<void> inject(const fault& f, http::responder& out);
    api_reply control(std::string_view body);

    async::clock& time_;
    api_server_options options_;
    api_machine api_;
    fault_queue faults_;
    std::set<live_watch*> live_;
    std::uint64_t bookmark_rounds_ = 0; // asked for by control
    std::uint64_t restores_ = 0;
};

} // namespace nodewall::apiserver
