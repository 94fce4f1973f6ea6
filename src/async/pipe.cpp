#include "async/pipe.hpp"

#include "async/signal.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace nodewall::async {

namespace {

/// One direction.
struct channel {
    std::string bytes;
    std::size_t taken = 0; // of them; cleared away in bulk
    bool ended = false;
    signal changed;

    void end() {
        ended = true;
        changed.notify();
    }
};

class pipe_end final : public byte_stream {
public:
    pipe_end(std::shared_ptr<channel> in, std::shared_ptr<channel> out)
        : in_(std::move(in)), out_(std::move(out)) {}
    ~pipe_end() override { end(); }

    awaitable<result<std::size_t>> async_read_some(std::span<char> into) override {
        const auto in = in_;
        while (in->taken == in->bytes.size() && !in->ended)
            co_await in->changed.wait();
        const auto count = std::min(into.size(), in->bytes.size() - in->taken);
        std::copy_n(in->bytes.data() + in->taken, count, into.begin());
        in->taken += count;
        if (2 * in->taken > in->bytes.size())
            in->bytes.erase(0, std::exchange(in->taken, 0));
        co_return count;
    }

    awaitable<result<std::size_t>> async_write_some(std::string_view bytes) override {
        if (out_->ended)
            co_return error(make_error_code(boost::asio::error::broken_pipe));
        out_->bytes += bytes;
        out_->changed.notify();
        co_return bytes.size();
    }

    void close() override { end(); }

private:
    void end() {
        in_->end();
        out_->end();
    }

    std::shared_ptr<channel> in_, out_;
};

} // namespace

std::pair<std::unique_ptr<byte_stream>, std::unique_ptr<byte_stream>> make_pipe() {
    const auto there = std::make_shared<channel>();
    const auto back = std::make_shared<channel>();
    return {std::make_unique<pipe_end>(back, there), std::make_unique<pipe_end>(there, back)};
}

} // namespace nodewall::async
