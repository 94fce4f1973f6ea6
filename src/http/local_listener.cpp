#include "http/listener_socket.hpp"
#include "http/socket_io.hpp"
#include "http/stream.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>

namespace nodewall::http {

namespace asio = boost::asio;
using asio::local::stream_protocol;

namespace {

constexpr std::size_t path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;

/// Room for a socket at `path`: nothing is there, or something that nobody answers any more and
/// that is removed.
result<void> make_way(const async::executor& where, const std::string& path) {
    struct stat there {};
    if (lstat(path.c_str(), &there) != 0)
        return {};
    if (!S_ISSOCK(there.st_mode))
        return error(errc::cannot_listen, path + " exists and is no socket");
    stream_protocol::socket probe(where);
    boost::system::error_code problem;
    probe.open(stream_protocol(), problem);
    if (!problem)
        probe.non_blocking(true, problem); // a full backlog is an answer too
    if (!problem)
        probe.connect(path, problem);
    if (problem != asio::error::connection_refused && problem != asio::error::not_found)
        return error(errc::in_use, path);
    unlink(path.c_str());
    return {};
}

} // namespace

class listener::local_socket final : public listener::socket {
public:
    local_socket(stream_protocol::acceptor open, std::string path)
        : acceptor_(std::move(open)), path_(std::move(path)) {
        lstat(path_.c_str(), &bound_);
    }
    ~local_socket() override {
        struct stat there {};
        if (lstat(path_.c_str(), &there) == 0 && there.st_ino == bound_.st_ino &&
            there.st_dev == bound_.st_dev)
            unlink(path_.c_str());
    }
    local_socket(const local_socket&) = delete;
    local_socket& operator=(const local_socket&) = delete;

    std::string address() const override { return path_; }
    async::awaitable<result<peer>> accept() override {
        auto [problem, client] = co_await acceptor_.async_accept(as_result);
        if (problem == asio::error::operation_aborted)
            async::throw_cancelled();
        if (problem)
            co_return error(problem, path_);
        co_return peer{make_stream(std::move(client)), {}};
    }

private:
    stream_protocol::acceptor acceptor_;
    std::string path_;
    struct stat bound_ {}; // whoever replaced the file in the meantime keeps it
};

result<listener> listener::open_local(const async::executor& where, const std::string& path) {
    if (path.empty() || path.size() > path_bytes_max)
        return error(errc::cannot_listen, fmt::format("\"{}\": a socket's path has 1 to {} bytes",
                                                      path.substr(0, 200), path_bytes_max));
    if (const auto way = make_way(where, path); !way)
        return way.error();
    stream_protocol::acceptor acceptor(where);
    boost::system::error_code problem;
    acceptor.open(stream_protocol(), problem);
    // The file that bind() makes has the mode of the socket: at no instant another one.
    if (!problem && fchmod(acceptor.native_handle(), S_IRUSR | S_IWUSR) != 0)
        problem.assign(errno, boost::system::system_category());
    if (!problem)
        acceptor.bind(path, problem);
    if (!problem)
        acceptor.listen(asio::socket_base::max_listen_connections, problem);
    if (problem == asio::error::address_in_use)
        return error(errc::in_use, path);
    if (problem)
        return error(errc::cannot_listen, fmt::format("{}: {}", path, problem.message()));
    return listener(std::make_unique<local_socket>(std::move(acceptor), path));
}

} // namespace nodewall::http
