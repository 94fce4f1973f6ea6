// Any bytes on a connection to the service's socket: each request is answered or refused, and a
// peer that then says nothing is not kept for ever.
//
// Input: the first byte says how many bytes arrive at once (0: all), the rest is what arrives.
#include "agent/observe/pages.hpp"
#include "async/pipe.hpp"
#include "async/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

using namespace nodewall;

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

async::awaitable<void> talk(async::byte_stream& server, std::string_view bytes, std::size_t piece) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
        if (!co_await async::write_all(server, bytes.substr(0, piece)))
            break; // it has had enough
    std::string answers;
    std::array<char, 4096> chunk{};
    while (answers.size() < chunk.size()) {
        const auto count = co_await server.async_read_some(chunk);
        if (!count || *count == 0)
            break;
        answers.append(chunk.data(), *count);
    }
    server.close();
    require(answers.empty() || answers.starts_with("HTTP/1.1 "));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t piece = data[0] == 0 ? bytes.size() + 1 : data[0];
    static const auto lines = make_null_logger();
    static const auto pages = agent::make_pages([] { return agent::service_report{}; });
    boost::asio::io_context context;
    async::virtual_clock time;
    auto [here, there] = async::make_pipe();
    bool served = false;
    boost::asio::co_spawn(context, http::serve_connection(*there, pages, {time, *lines, {}}),
                          [&](const std::exception_ptr& problem) { served = !problem; });
    boost::asio::co_spawn(context, talk(*here, bytes, piece),
                          [](const std::exception_ptr& problem) {
                              if (problem && !async::is_cancellation(problem))
                                  std::abort();
                          });
    time.run_for(context, std::chrono::minutes(5));
    require(served);
    return 0;
}
