// The small API server as a program, for tests and the demo. It asks for no credentials.
#include "apiserver/server.hpp"
#include "http/server.hpp"

#include "async/clock.hpp"
#include "async/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

using namespace nodewall;

constexpr auto usage =
    "usage: small_api_server --listen ADDRESS:PORT [--request-log FILE] [--cluster NAME]\n"
    "                        [--endpoint-slices v1|v1beta1|none] [--history N]\n"
    "                        [--bookmark-seconds N] [FILE...]\n"
    "Serves the objects of the FILEs (YAML or JSON) as a Kubernetes API server would, and says\n"
    "\"ready ADDRESS:PORT\" on standard output. POST /_control makes it misbehave\n"
    "(src/kube/small_server_control.hpp).\n";

struct arguments {
    std::string listen;
    std::string request_log;
    apiserver::api_server_options server;
    std::vector<std::string> files;
};

/// Throws where a number is none.
std::optional<arguments> parse(const std::vector<std::string>& words) {
    arguments parsed;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto& word = words[i];
        if (!word.starts_with("--")) {
            parsed.files.push_back(word);
            continue;
        }
        if (++i == words.size())
            return std::nullopt;
        const auto& value = words[i];
        if (word == "--listen")
            parsed.listen = value;
        else if (word == "--request-log")
            parsed.request_log = value;
        else if (word == "--cluster")
            parsed.server.cluster = value;
        else if (word == "--endpoint-slices")
            parsed.server.endpoint_slices_version = value == "none" ? "" : value;
        else if (word == "--history")
            parsed.server.history_max = std::stoul(value);
        else if (word == "--bookmark-seconds")
            parsed.server.bookmark_interval = std::chrono::seconds(std::stoul(value));
        else
            return std::nullopt;
    }
    return parsed.listen.empty() ? std::nullopt : std::optional(parsed);
}

async::awaitable<void> until_stopped() {
    boost::asio::signal_set stop(co_await boost::asio::this_coro::executor, SIGINT, SIGTERM);
    co_await stop.async_wait(boost::asio::use_awaitable);
}

int run(arguments given) {
    std::ofstream requests;
    if (!given.request_log.empty()) {
        requests.open(given.request_log, std::ios::app);
        given.server.request_log = [&](std::string_view line) {
            requests << line << '\n' << std::flush;
        };
    }
    async::real_clock time;
    apiserver::api_server server(time, given.server);
    for (const auto& file : given.files) {
        std::ifstream in(file);
        std::ostringstream text;
        text << in.rdbuf();
        const auto loaded = server.load(text.str());
        if (!in || !loaded) {
            std::cerr << file << ": " << (in ? loaded.error().message() : "cannot be read") << '\n';
            return 2;
        }
    }
    boost::asio::io_context context;
    auto listener = http::listener::open(context.get_executor(), given.listen);
    if (!listener) {
        std::cerr << listener.error().message() << '\n';
        return 2;
    }
    const auto log = make_stderr_logger(log_level::warning);
    std::vector<async::awaitable<void>> tasks;
    tasks.push_back(until_stopped());
    tasks.push_back(http::serve(*listener,
                                [&](const http::server_request& request, http::responder& out) {
                                    return server.handle(request, out);
                                },
                                {time, *log, {}}));
    boost::asio::co_spawn(context, async::run_all(std::move(tasks)),
                          [](const std::exception_ptr& problem) {
                              if (problem)
                                  std::rethrow_exception(problem);
                          });
    std::cout << "ready " << listener->address() << std::endl;
    context.run();
    return 0;
}

} // namespace

int main(int count, char** words) {
    try {
        auto given = parse({words + 1, words + count});
        if (!given) {
            std::cerr << usage;
            return 2;
        }
        return run(std::move(*given));
    } catch (const std::exception& problem) {
        std::cerr << "small_api_server: " << problem.what() << '\n';
        return 3;
    }
}
