// An HTTP server that says what a test tells it to, byte by byte, over pipes in memory.
#pragma once

#include "async/pipe.hpp"
#include "http/dial.hpp"
#include "unit/async/run.hpp"

#include <boost/asio/detached.hpp>

#include <array>
#include <deque>
#include <string>
#include <vector>

namespace nodewall::http {

class fake_peer {
public:
    explicit fake_peer(async::world& w) : world_(w) {}

    /// The answer to the next request.
    void say(std::string text) { script_.push_back({std::move(text), false}); }
    /// The same, then close.
    void say_and_close(std::string text) { script_.push_back({std::move(text), true}); }
    /// More of an answer, on the connection that was answered last.
    void add(std::string text) {
        boost::asio::co_spawn(world_.context, write(last_, std::move(text)), boost::asio::detached);
    }
    void close() { last_->close(); }

    dialer dial() {
        return [this] { return connect(); };
    }

    std::vector<std::string> requests; // without the empty line at the end
    int connections = 0;

private:
    using stream = std::shared_ptr<async::byte_stream>;
    struct line {
        std::string text;
        bool close = false;
    };

    async::awaitable<result<std::unique_ptr<async::byte_stream>>> connect() {
        ++connections;
        auto [here, there] = async::make_pipe();
        boost::asio::co_spawn(world_.context, serve(stream(std::move(there))),
                              boost::asio::detached);
        co_return std::move(here);
    }

    static async::awaitable<void> write(stream to, std::string text) {
        co_await async::write_all(*to, text);
    }

    async::awaitable<void> serve(stream peer) {
        std::string heard;
        std::array<char, 256> buffer{};
        for (;;) {
            const auto count = co_await peer->async_read_some(buffer);
            if (!count || *count == 0)
                co_return;
            heard.append(buffer.data(), *count);
            const auto end = heard.find("\r\n\r\n");
            if (end == std::string::npos)
                continue;
            requests.push_back(heard.substr(0, end + 2));
            heard.erase(0, end + 4);
            last_ = peer;
            if (script_.empty())
                continue; // silence
            const auto next = std::move(script_.front());
            script_.pop_front();
            co_await async::write_all(*peer, next.text);
            if (next.close)
                co_return peer->close();
        }
    }

    async::world& world_;
    std::deque<line> script_;
    stream last_;
};

/// A whole answer with its length.
inline std::string answer_text(std::string status, std::string type, std::string body) {
    return "HTTP/1.1 " + status + "\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace nodewall::http
