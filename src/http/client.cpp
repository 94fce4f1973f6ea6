#include "http/client.hpp"

#include "async/timeout.hpp"
#include "base/limits.hpp"

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/parser.hpp>

#include <array>
#include <charconv>

namespace nodewall::http {

namespace beast = boost::beast;
using async::awaitable;

namespace {

/// A body that collects in a string. Beast's own reserves what Content-Length claims.
struct piece_body {
    using value_type = std::string;

    class reader {
    public:
        template <bool request, class Fields>
        reader(beast::http::header<request, Fields>&, value_type& body) : body_(body) {}

        void init(const boost::optional<std::uint64_t>&, boost::system::error_code& problem) {
            problem = {};
        }
        template <class Buffers>
        std::size_t put(const Buffers& pieces, boost::system::error_code& problem) {
            problem = {};
            const auto before = body_.size();
            for (const auto piece : beast::buffers_range_ref(pieces))
                body_.append(static_cast<const char*>(piece.data()), piece.size());
            return body_.size() - before;
        }
        void finish(boost::system::error_code& problem) { problem = {}; }

    private:
        value_type& body_;
    };
};

/// What `work` gives, the time limit's error in the words of http/.
template <class T> awaitable<result<T>> limited(async::clock& time, std::chrono::nanoseconds limit,
                                                awaitable<result<T>> work) {
    auto outcome = co_await async::with_timeout(time, limit, std::move(work));
    if (!outcome && outcome.error().is(async::errc::timed_out))
        co_return errc::timed_out;
    co_return outcome;
}

} // namespace

/// Bytes of one connection that were read and not yet understood.
class client::connection {
public:
    explicit connection(std::unique_ptr<async::byte_stream> stream) : stream_(std::move(stream)) {}

    async::byte_stream& stream() { return *stream_; }
    std::string& unread() { return unread_; }

    /// Waits for more bytes; false where the peer has ended.
    awaitable<result<bool>> fill() {
        auto count = co_await stream_->async_read_some(buffer_);
        if (!count)
            co_return count.error();
        unread_.append(buffer_.data(), *count);
        co_return *count > 0;
    }

private:
    std::unique_ptr<async::byte_stream> stream_;
    std::array<char, limits::read_bytes> buffer_;
    std::string unread_;
};

struct client::idle_connections {
    std::vector<std::unique_ptr<connection>> list;

    std::unique_ptr<connection> take() {
        if (list.empty())
            return nullptr;
        auto last = std::move(list.back());
        list.pop_back();
        return last;
    }
    void put_back(std::unique_ptr<connection> used) {
        if (list.size() < limits::http_idle_connections_max)
            list.push_back(std::move(used));
    }
};

/// Beast's parser, fed by hand: it does no I/O here.
class client::reply final : public body_stream {
public:
    reply(std::unique_ptr<connection> over, std::shared_ptr<idle_connections> idle)
        : over_(std::move(over)), idle_(std::move(idle)) {
        parser_.eager(true);
        parser_.body_limit(boost::none);
        parser_.header_limit(limits::http_head_bytes_max);
    }

    awaitable<result<void>> read_head() {
        while (!parser_.is_header_done())
            if (auto more = co_await advance(); !more)
                co_return more.error();
        const auto& message = parser_.get();
        head_.status = message.result_int();
        head_.content_type = message[beast::http::field::content_type];
        const auto retry = message[beast::http::field::retry_after];
        long seconds = 0;
        const auto [end, problem] =
            std::from_chars(retry.data(), retry.data() + retry.size(), seconds);
        if (problem == std::errc{} && end == retry.data() + retry.size() && seconds >= 0)
            head_.retry_after = std::chrono::seconds(seconds);
        co_return result<void>{};
    }

    const response_head& head() const override { return head_; }

    awaitable<result<std::string_view>> read() override {
        piece_.clear();
        for (;;) {
            piece_.swap(parser_.get().body());
            if (!piece_.empty())
                co_return std::string_view(piece_);
            if (parser_.is_done())
                break;
            if (auto more = co_await advance(); !more)
                co_return more.error();
        }
        if (over_ && parser_.keep_alive() && over_->unread().empty())
            idle_->put_back(std::move(over_));
        co_return std::string_view{};
    }

private:
    /// Reads once and parses what is there.
    awaitable<result<void>> advance() {
        auto more = co_await over_->fill();
        if (!more)
            co_return error(errc::io, more.error().message());
        boost::system::error_code problem;
        if (!*more) {
            if (!parser_.is_header_done() || !parser_.need_eof())
                co_return errc::closed;
            parser_.put_eof(problem);
            co_return result<void>{};
        }
        auto& unread = over_->unread();
        const auto used = parser_.put(boost::asio::buffer(unread), problem);
        unread.erase(0, used);
        if (problem == beast::http::error::header_limit)
            co_return error(errc::too_large, "the answer's head");
        if (problem && problem != beast::http::error::need_more)
            co_return error(errc::bad_message, problem.message());
        co_return result<void>{};
    }

    std::unique_ptr<connection> over_;
    std::shared_ptr<idle_connections> idle_;
    beast::http::response_parser<piece_body> parser_;
    response_head head_;
    std::string piece_;
};

awaitable<result<std::string>> read_all(body_stream& body, std::size_t bytes_max) {
    std::string all;
    for (;;) {
        auto piece = co_await body.read();
        if (!piece)
            co_return piece.error();
        if (piece->empty())
            co_return all;
        if (all.size() + piece->size() > bytes_max)
            co_return error(errc::too_large, "over " + std::to_string(bytes_max) + " bytes");
        all += *piece;
    }
}

client::client(url server, dialer dial, async::clock& time)
    : server_(std::move(server)), dial_(std::move(dial)), time_(time),
      idle_(std::make_shared<idle_connections>()) {}

client::~client() = default;

std::string client::request_text(std::string_view target,
                                 const std::vector<header>& headers) const {
    std::string text = "GET " + server_.path;
    text.append(target).append(" HTTP/1.1\r\nHost: ").append(server_.authority()).append("\r\n");
    for (const auto& [name, value] : headers)
        text.append(name).append(": ").append(value).append("\r\n");
    return text.append("\r\n");
}

awaitable<result<std::unique_ptr<client::reply>>> client::send(std::string request,
                                                               std::unique_ptr<connection> over) {
    auto& stream = over->stream();
    auto answer = std::make_unique<reply>(std::move(over), idle_);
    if (auto sent = co_await async::write_all(stream, request); !sent)
        co_return error(errc::io, sent.error().message());
    if (auto got = co_await answer->read_head(); !got)
        co_return got.error();
    co_return std::move(answer);
}

awaitable<result<std::unique_ptr<client::reply>>> client::exchange(std::string request) {
    if (auto kept = idle_->take()) {
        auto answer =
            co_await limited(time_, limits::http_head_max, send(request, std::move(kept)));
        // The server may have closed it while it was idle: that says nothing about the request.
        if (answer)
            co_return answer;
        idle_->list.clear(); // whatever has become of the server, they shared it
        if (!answer.error().is(errc::closed) && !answer.error().is(errc::io))
            co_return answer;
    }
    auto stream = co_await limited(time_, limits::http_connect_max, dial_());
    if (!stream)
        co_return stream.error();
    co_return co_await limited(
        time_, limits::http_head_max,
        send(std::move(request), std::make_unique<connection>(std::move(*stream))));
}

awaitable<result<std::unique_ptr<body_stream>>> client::open_stream(std::string target,
                                                                    std::vector<header> headers) {
    auto answer = co_await exchange(request_text(target, headers));
    if (!answer)
        co_return answer.error();
    co_return std::unique_ptr<body_stream>(std::move(*answer));
}

awaitable<result<response>> client::get(std::string target, std::vector<header> headers,
                                        std::size_t body_bytes_max) {
    auto answer = co_await exchange(request_text(target, headers));
    if (!answer)
        co_return answer.error();
    auto body = co_await limited(time_, limits::http_body_max, read_all(**answer, body_bytes_max));
    if (!body)
        co_return body.error();
    co_return response{(*answer)->head(), std::move(*body)};
}

} // namespace nodewall::http
