#include "agent/process/control_socket.hpp"

#include "async/timeout.hpp"
#include "http/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include <filesystem>

namespace nodewall::agent {

namespace {

/// A folder that exists, or cannot be made, is left to the socket's own error.
void make_folder_of(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const auto folder = fs::path(path).parent_path();
    if (fs::create_directory(folder, ignored))
        fs::permissions(folder,
                        fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                            fs::perms::others_read | fs::perms::others_exec,
                        ignored);
}

async::awaitable<result<http::response>> get(http::client& from, std::string target,
                                             async::clock& time) {
    co_return co_await async::with_timeout(
        time, limits::status_time_max, from.get(std::move(target), {}, limits::status_bytes_max));
}

} // namespace

result<std::optional<http::listener>>
open_control_socket(const async::executor& where, const configuration& config, logger& logger) {
    const std::string path = config.socket.value_or(std::string(default_socket));
    if (path.empty())
        return std::optional<http::listener>();
    if (!config.socket)
        make_folder_of(path);
    auto opened = http::listener::open_local(where, path);
    if (opened)
        return std::optional(std::move(*opened));
    if (opened.error().is(http::errc::in_use))
        return error(opened.error().code(),
                     fmt::format("{} (stop that nodewall, or give this one another socket with "
                                 "--socket)",
                                 path));
    if (config.socket)
        return opened.error();
    logger.warning("{}; `nodewall status` cannot ask this service", opened.error().message());
    return std::optional<http::listener>();
}

result<std::string> ask_service(const std::string& socket, const std::string& target) {
    boost::asio::io_context context(1);
    async::real_clock time;
    http::client service({.tls = false, .host = "localhost", .port = 80, .path = {}},
                         http::make_local_dialer(socket), time);
    std::optional<result<http::response>> answer;
    boost::asio::co_spawn(context, get(service, target, time),
                          [&](const std::exception_ptr& problem, result<http::response> got) {
                              if (problem)
                                  std::rethrow_exception(problem);
                              answer = std::move(got);
                          });
    context.run();
    if (!*answer && (*answer).error().is(async::errc::timed_out))
        return error(errc::no_service,
                     fmt::format("{}: it is there and silent for {} s", socket,
                                 limits::status_time_max / std::chrono::seconds(1)));
    if (!*answer)
        return error(errc::no_service,
                     fmt::format("{} (start one with `systemctl start nodewall` or `nodewall run`, "
                                 "or name its socket with --socket)",
                                 (*answer).error().message()));
    if ((*answer)->head.status != 200)
        return error(errc::no_service, fmt::format("{}: the answer to {} is {}", socket, target,
                                                   (*answer)->head.status));
    return std::move((*answer)->body);
}

} // namespace nodewall::agent
