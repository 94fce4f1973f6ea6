// A small HTTP/1.1 server: health and metrics pages, the small API server.
//
// Everything is bounded: connections, of each client's address too, bytes and time. Where all are
// taken, a new connection ends the one that has been without a whole request for longest. Nothing
// is detached: serve() ends, by cancellation, after all its connections have.
#pragma once

#include "async/byte_stream.hpp"
#include "async/clock.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "http/error.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace nodewall::http {

struct server_limits {
    std::size_t connections = limits::server_connections_max;
    /// Of one client's address; a Unix socket's clients have none.
    std::size_t connections_of_client = limits::server_connections_max;
    std::size_t header_bytes = limits::server_header_bytes_max;
    std::size_t body_bytes = limits::server_body_bytes_max;
    /// Of a request, from its first byte on.
    std::chrono::nanoseconds read_time = limits::server_read_time_max;
    /// Of a connection without a request.
    std::chrono::nanoseconds idle_time = limits::server_idle_time_max;
    std::chrono::nanoseconds write_time = limits::server_write_time_max;
};

struct server_request {
    std::string method; // "GET"
    std::string target; // "/healthz?verbose", as sent
    std::string user_agent;
    std::string body;
};

/// The answer to one request: one send(), or start() and write() as often as wanted. A handler that
/// returns without either closes the connection unanswered.
class responder {
public:
    virtual ~responder() = default;

    /// A whole response.
    virtual async::awaitable<result<void>> send(unsigned status, std::string_view content_type,
                                                std::string_view body) = 0;

    /// The head of a response in chunks, which the return of the handler ends. The connection is
    /// closed behind it.
    virtual async::awaitable<result<void>> start(unsigned status,
                                                 std::string_view content_type) = 0;
    /// One chunk; errc::timed_out where the peer does not take it.
    virtual async::awaitable<result<void>> write(std::string_view bytes) = 0;
    /// Closes the connection without ending what was begun.
    virtual void abort() = 0;

    /// Ends when the peer closes the connection, which serves no further request then.
    virtual async::awaitable<void> peer_gone() = 0;
};

/// Called for each request, for several connections in turns. What it throws is logged and closes
/// the connection.
using request_handler = std::function<async::awaitable<void>(const server_request&, responder&)>;

struct server_tools {
    async::clock& time;
    logger& log;
    server_limits limits;
};

/// A socket that listens, on TCP or on a path.
class listener {
public:
    /// `address` is "127.0.0.1:8080", "[::1]:8080" or "0.0.0.0:8080"; port 0: a free one. An error
    /// names the address.
    static result<listener> open(const async::executor& where, const std::string& address);
    /// A Unix socket at `path`, mode 0600, in a folder that exists. A socket there that nobody
    /// answers any more is replaced; one that is answered is errc::in_use; any other file is
    /// refused. It is removed with the listener.
    static result<listener> open_local(const async::executor& where, const std::string& path);

    listener(listener&&) noexcept;
    listener& operator=(listener&&) noexcept;
    ~listener();

    /// The address with its true port; the path.
    std::string address() const;

    struct peer {
        std::unique_ptr<async::byte_stream> stream;
        std::string address; // the client's, without its port; empty: a Unix socket's
    };
    /// The next connection; an error is passing (too many open files).
    async::awaitable<result<peer>> accept();

private:
    class socket;
    class tcp_socket;
    class local_socket;
    explicit listener(std::unique_ptr<socket> open);
    std::unique_ptr<socket> socket_;
};

/// Answers connections until cancelled.
async::awaitable<void> serve(listener& where, request_handler handle, server_tools tools);

class live_connection;

/// Answers the requests of one connection until either side ends it. `told`, where given, knows
/// when it waits for one.
async::awaitable<void> serve_connection(async::byte_stream& peer, const request_handler& handle,
                                        server_tools tools, live_connection* told = nullptr);

} // namespace nodewall::http
