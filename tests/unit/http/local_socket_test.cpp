// Unix sockets: the listener's file, and the client over it.
#include "async/task_group.hpp"
#include "http/client.hpp"
#include "http/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace nodewall::http {
namespace {

namespace fs = std::filesystem;

class LocalSocket : public testing::Test {
protected:
    LocalSocket() { fs::create_directories(folder); }
    ~LocalSocket() override { fs::remove_all(folder); }

    result<listener> open() { return listener::open_local(context.get_executor(), path); }
    /// A file that a process left behind that was killed.
    void leave_stale_socket() const {
        const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
        ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        close(fd);
    }

    boost::asio::io_context context;
    std::string folder = testing::TempDir() + "nw-local-" + std::to_string(getpid());
    std::string path = folder + "/s.sock";
};

async::awaitable<void> answer(const server_request& request, responder& out) {
    co_await out.send(200, "text/plain", "you asked " + request.target);
}

async::awaitable<void> ask(const std::string& path, async::clock& time, result<response>& got) {
    client asking({.tls = false, .host = "localhost", .port = 80, .path = {}},
                  make_local_dialer(path), time);
    got = co_await asking.get("/status", {}, 1000);
}

TEST_F(LocalSocket, CarriesARequestAndIsItsOwnersAlone) {
    async::real_clock time;
    const auto log = make_null_logger();
    auto door = open();
    ASSERT_TRUE(door) << door.error().message();
    struct stat file {};
    ASSERT_EQ(stat(path.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777U, 0600U);
    EXPECT_EQ(door->address(), path);
    result<response> got = error(errc::closed);
    std::vector<async::awaitable<void>> tasks;
    tasks.push_back(serve(*door, answer, {time, *log, {}}));
    tasks.push_back(ask(path, time, got));
    boost::asio::co_spawn(context, async::run_all(std::move(tasks)),
                          [](const std::exception_ptr&) {});
    context.run_for(std::chrono::seconds(10));
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(got->body, "you asked /status");
}

TEST_F(LocalSocket, AStaleSocketIsReplaced) {
    leave_stale_socket();
    const auto door = open();
    EXPECT_TRUE(door) << door.error().message();
}

TEST_F(LocalSocket, ALiveOneIsRefusedAndStaysAlive) {
    const auto first = open();
    ASSERT_TRUE(first);
    const auto second = open();
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().is(errc::in_use));
    EXPECT_NE(second.error().message().find(path), std::string::npos);
    EXPECT_TRUE(fs::is_socket(path));
}

TEST_F(LocalSocket, AnotherFileIsNotTouched) {
    std::ofstream(path) << "mine";
    const auto door = open();
    ASSERT_FALSE(door);
    EXPECT_TRUE(door.error().is(errc::cannot_listen));
    EXPECT_TRUE(fs::is_regular_file(path));
}

TEST_F(LocalSocket, TheFileGoesWithItsListenerAndNoOther) {
    {
        const auto door = open();
        ASSERT_TRUE(door);
    }
    EXPECT_FALSE(fs::exists(path));
    {
        const auto door = open();
        fs::remove(path);
        std::ofstream(path) << "somebody else's";
    }
    EXPECT_TRUE(fs::exists(path));
}

TEST_F(LocalSocket, WhatCannotBeAPathIsRefused) {
    path = folder + "/" + std::string(200, 'x');
    EXPECT_FALSE(open());
    path = folder + "/nowhere/s.sock";
    EXPECT_FALSE(open());
    path.clear();
    EXPECT_FALSE(open());
}

} // namespace
} // namespace nodewall::http
