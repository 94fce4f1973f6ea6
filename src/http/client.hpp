// An HTTP/1.1 client of one server: GET, whole or as a stream. Connections are kept and used again;
// a stream has its connection to itself until it ends.
#pragma once

#include "async/clock.hpp"
#include "http/dial.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::http {

struct header {
    std::string name;
    std::string value; // without line ends
};

struct response_head {
    unsigned status = 0;
    std::string content_type;
    std::optional<std::chrono::seconds> retry_after; // the form in seconds; dates are not read
};

struct response {
    response_head head;
    std::string body;
};

/// The body of an answer as it arrives. Destroying it before its end closes the connection.
class body_stream {
public:
    virtual ~body_stream() = default;

    virtual const response_head& head() const = 0;
    /// What the peer sent next, at once and as one piece; empty at the end. Valid until the next
    /// read. Waits for as long as the peer is silent.
    virtual async::awaitable<result<std::string_view>> read() = 0;
};

/// The rest of `body`, at most `bytes_max`.
async::awaitable<result<std::string>> read_all(body_stream& body, std::size_t bytes_max);

/// For one executor; several requests may be under way at once. Limits of time: limits::http_*.
class client {
public:
    client(url server, dialer dial, async::clock& time);
    ~client();

    const url& server() const noexcept { return server_; }

    /// `target` begins with a slash; the URL's path is put before it. Any status is an answer.
    async::awaitable<result<response>> get(std::string target, std::vector<header> headers,
                                           std::size_t body_bytes_max);
    /// Returns once the head of the answer is there.
    async::awaitable<result<std::unique_ptr<body_stream>>> open_stream(std::string target,
                                                                       std::vector<header> headers);

private:
    class connection;
    class reply;
    struct idle_connections;

    async::awaitable<result<std::unique_ptr<reply>>> send(std::string request,
                                                          std::unique_ptr<connection> over);
    async::awaitable<result<std::unique_ptr<reply>>> exchange(std::string request);
    std::string request_text(std::string_view target, const std::vector<header>& headers) const;

    url server_;
    dialer dial_;
    async::clock& time_;
    std::shared_ptr<idle_connections> idle_;
};

} // namespace nodewall::http
