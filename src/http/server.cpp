#include "http/server.hpp"

#include "http/live_connections.hpp"

#include "async/task_group.hpp"
#include "async/timeout.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/core.h>

#include <array>
#include <optional>

namespace nodewall::http {

namespace beast = boost::beast;

namespace {

/// Between two attempts to accept while the process has no descriptor left.
constexpr auto accept_retry = std::chrono::milliseconds(100);

std::string reason_of(unsigned status) {
    return std::string(beast::http::obsolete_reason(beast::http::int_to_status(status)));
}

unsigned status_of(const boost::system::error_code& problem) {
    if (problem == beast::http::error::header_limit)
        return 431;
    return problem == beast::http::error::body_limit ? 413 : 400;
}

class connection final : public responder {
public:
    connection(async::byte_stream& peer, const server_tools& tools, live_connection* told)
        : peer_(peer), tools_(tools), told_(told) {}

    async::awaitable<void> run(const request_handler& handle);

    async::awaitable<result<void>> send(unsigned status, std::string_view content_type,
                                        std::string_view body) override;
    async::awaitable<result<void>> start(unsigned status, std::string_view content_type) override;
    async::awaitable<result<void>> write(std::string_view bytes) override;
    void abort() override;
    async::awaitable<void> peer_gone() override;

private:
    enum class progress : std::uint8_t { unanswered, answered, streaming, aborted };

    async::awaitable<result<bool>> next_request();
    async::awaitable<result<bool>> read_request();
    async::awaitable<result<std::size_t>> read_more();
    async::awaitable<result<void>> put(std::string bytes);
    std::string head(unsigned status, std::string_view content_type) const;

    async::byte_stream& peer_;
    const server_tools& tools_;
    live_connection* told_;
    std::string buffered_; // read, but not yet parsed
    server_request request_;
    progress progress_ = progress::unanswered;
    bool keep_alive_ = true;
};

/// The next request into request_; false where the peer has ended.
async::awaitable<result<bool>> connection::read_request() {
    beast::http::request_parser<beast::http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(tools_.limits.header_bytes));
    parser.body_limit(tools_.limits.body_bytes);
    parser.eager(true);
    bool begun = false;
    while (!parser.is_done()) {
        boost::system::error_code problem;
        if (!buffered_.empty()) {
            begun = true;
            const auto used =
                parser.put(boost::asio::buffer(buffered_.data(), buffered_.size()), problem);
            buffered_.erase(0, used);
            // What comes in chunks says its length nowhere.
            const bool goes_on = !problem || problem == beast::http::error::need_more;
            if (goes_on && parser.is_header_done() && parser.chunked() &&
                tools_.limits.body_bytes == 0)
                problem = beast::http::error::body_limit;
        }
        if (problem && problem != beast::http::error::need_more)
            co_return error(problem);
        if (parser.is_done())
            break;
        const auto count = co_await read_more();
        if (!count)
            co_return count.error();
        if (*count == 0) {
            if (begun)
                co_return errc::closed;
            co_return false;
        }
    }
    auto message = parser.release();
    keep_alive_ = message.keep_alive();
    request_ = {std::string(message.method_string()), std::string(message.target()),
                std::string(message[beast::http::field::user_agent]), std::move(message.body())};
    co_return true;
}

async::awaitable<result<std::size_t>> connection::read_more() {
    std::array<char, 16384> chunk;
    const auto count = co_await peer_.async_read_some(chunk);
    if (count)
        buffered_.append(chunk.data(), *count);
    co_return count;
}

/// The first byte may take its time, the rest may not.
async::awaitable<result<bool>> connection::next_request() {
    if (told_ != nullptr)
        told_->waits_since(tools_.time.steady());
    if (buffered_.empty()) {
        const auto first =
            co_await async::with_timeout(tools_.time, tools_.limits.idle_time, read_more());
        if (!first)
            co_return first.error();
        if (*first == 0)
            co_return false;
    }
    auto read = co_await async::with_timeout(tools_.time, tools_.limits.read_time, read_request());
    if (told_ != nullptr)
        told_->is_answered();
    co_return read;
}

async::awaitable<void> connection::run(const request_handler& handle) {
    while (keep_alive_) {
        progress_ = progress::unanswered;
        const auto read = co_await next_request();
        if (!read) {
            keep_alive_ = false;
            if (read.error().code().category() == beast::http::make_error_code({}).category())
                co_await send(status_of(read.error().code()), "text/plain", "bad request\n");
            co_return;
        }
        if (!*read)
            co_return;
        co_await handle(request_, *this);
        if (progress_ == progress::streaming)
            co_await put("0\r\n\r\n");
        if (progress_ != progress::answered)
            co_return;
    }
}

std::string connection::head(unsigned status, std::string_view content_type) const {
    return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\n{}", status, reason_of(status),
                       content_type, keep_alive_ ? "" : "Connection: close\r\n");
}

async::awaitable<result<void>> connection::put(std::string bytes) {
    auto written = co_await async::with_timeout(tools_.time, tools_.limits.write_time,
                                                async::write_all(peer_, bytes));
    if (!written)
        keep_alive_ = false;
    co_return written;
}

async::awaitable<result<void>> connection::send(unsigned status, std::string_view content_type,
                                                std::string_view body) {
    progress_ = progress::answered;
    auto response =
        fmt::format("{}Content-Length: {}\r\n\r\n", head(status, content_type), body.size());
    if (request_.method != "HEAD")
        response += body;
    co_return co_await put(std::move(response));
}

async::awaitable<result<void>> connection::start(unsigned status, std::string_view content_type) {
    progress_ = progress::streaming;
    keep_alive_ = false;
    co_return co_await put(head(status, content_type) + "Transfer-Encoding: chunked\r\n\r\n");
}

async::awaitable<result<void>> connection::write(std::string_view bytes) {
    if (bytes.empty())
        co_return result<void>{}; // an empty chunk would end the stream
    co_return co_await put(fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes));
}

void connection::abort() {
    progress_ = progress::aborted;
    peer_.close();
}

async::awaitable<void> connection::peer_gone() {
    keep_alive_ = false;
    while (buffered_.size() <= tools_.limits.header_bytes) {
        const auto count = co_await read_more();
        if (!count || *count == 0)
            co_return;
    }
}

async::awaitable<void> answer_in_turn(listener& where, const request_handler& handle,
                                      const server_tools& tools, std::list<live_connection*>& all) {
    for (;;) {
        const auto peer = co_await where.accept();
        if (!peer) {
            tools.log.warning("cannot accept: {}", peer.error().message());
            co_await tools.time.sleep(accept_retry);
            continue;
        }
        if (!make_room(all, peer->address, tools.limits))
            continue;
        live_connection live(all, peer->address);
        std::vector<async::awaitable<void>> tasks;
        tasks.push_back(serve_connection(*peer->stream, handle, tools, &live));
        tasks.push_back(live.until_ended());
        co_await async::run_all(std::move(tasks));
    }
}

} // namespace

async::awaitable<void> serve_connection(async::byte_stream& peer, const request_handler& handle,
                                        server_tools tools, live_connection* told) {
    connection served(peer, tools, told);
    try {
        co_await served.run(handle);
    } catch (const std::exception& problem) {
        if (async::is_cancellation(std::current_exception()))
            throw;
        tools.log.error("an HTTP request failed: {}", problem.what());
    }
    peer.close();
}

/// As many coroutines as connections may be: each answers one connection after the other. One more
/// accepts where all are taken.
async::awaitable<void> serve(listener& where, request_handler handle, server_tools tools) {
    std::list<live_connection*> all;
    std::vector<async::awaitable<void>> workers;
    for (std::size_t i = 0; i <= tools.limits.connections; ++i)
        workers.push_back(answer_in_turn(where, handle, tools, all));
    co_await async::run_all(std::move(workers));
}

} // namespace nodewall::http
