// The connections of a server, and which of them goes where there are too many.
#pragma once

#include "async/signal.hpp"
#include "http/server.hpp"

#include <chrono>
#include <list>
#include <string>

namespace nodewall::http {

/// One that is served: registered as long as it lives.
class live_connection {
public:
    live_connection(std::list<live_connection*>& all, std::string client)
        : all_(all), client_(std::move(client)), place_(all.insert(all.end(), this)) {}
    ~live_connection() { all_.erase(place_); }
    live_connection(const live_connection&) = delete;
    live_connection& operator=(const live_connection&) = delete;

    const std::string& client() const noexcept { return client_; }
    /// Whether it waits for a whole request, and since when.
    bool waits() const noexcept { return waits_ && !ended_; }
    std::chrono::nanoseconds since() const noexcept { return since_; }

    void waits_since(std::chrono::nanoseconds now) {
        waits_ = true;
        since_ = now;
    }
    void is_answered() { waits_ = false; }

    void end() {
        ended_ = true;
        end_.notify();
    }
    async::awaitable<void> until_ended() {
        while (!ended_)
            co_await end_.wait();
    }

private:
    std::list<live_connection*>& all_;
    std::string client_;
    std::list<live_connection*>::iterator place_;
    bool waits_ = true, ended_ = false;
    std::chrono::nanoseconds since_{};
    async::signal end_;
};

/// Makes room for one more connection of this client; false where none of them waits, and so the
/// new one has to go.
inline bool make_room(const std::list<live_connection*>& all, const std::string& client,
                      const server_limits& limits) {
    std::size_t same = 0;
    live_connection *oldest = nullptr, *oldest_same = nullptr;
    for (auto* one : all) {
        const bool is_same = !client.empty() && one->client() == client;
        same += is_same ? 1 : 0;
        if (!one->waits())
            continue;
        if (oldest == nullptr || one->since() < oldest->since())
            oldest = one;
        if (is_same && (oldest_same == nullptr || one->since() < oldest_same->since()))
            oldest_same = one;
    }
    const bool too_many_same = same >= limits.connections_of_client;
    if (!too_many_same && all.size() < limits.connections)
        return true;
    auto* goes = too_many_same ? oldest_same : oldest;
    if (goes != nullptr)
        goes->end();
    return goes != nullptr;
}

} // namespace nodewall::http
