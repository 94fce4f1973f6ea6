#include "agent/process/control_socket.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace nodewall::agent {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ControlSocket : public testing::Test {
protected:
    ControlSocket() {
        fs::create_directories(folder);
        config.socket = folder + "/s.sock";
    }
    ~ControlSocket() override { fs::remove_all(folder); }

    auto open() { return open_control_socket(context.get_executor(), config, *lines); }

    boost::asio::io_context context;
    std::unique_ptr<logger> lines = make_null_logger();
    std::string folder = testing::TempDir() + "nw-control-" + std::to_string(getpid());
    configuration config;
};

TEST_F(ControlSocket, OneThatWasAskedForAndCannotBeHadIsAnError) {
    config.socket = folder + "/nowhere/s.sock";
    const auto opened = open();
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message(), HasSubstr(*config.socket));
}

TEST_F(ControlSocket, AnEmptyPathAsksForNone) {
    config.socket = "";
    const auto opened = open();
    ASSERT_TRUE(opened);
    EXPECT_FALSE(*opened);
}

TEST_F(ControlSocket, WhereAnotherServiceAnswersTheErrorSaysWhatToDo) {
    const auto first = open();
    ASSERT_TRUE(first && *first);
    const auto second = open();
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message(), HasSubstr("--socket"));
}

TEST_F(ControlSocket, WhereNobodyAnswersTheErrorSaysHowToStartOne) {
    const auto answer = ask_service(*config.socket, "/status");
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is(errc::no_service));
    EXPECT_THAT(answer.error().message(), HasSubstr(*config.socket));
    EXPECT_THAT(answer.error().message(), HasSubstr("systemctl start nodewall"));
}

TEST_F(ControlSocket, AServiceThatIsSilentIsNotWaitedForLong) {
    const auto door = open(); // nobody accepts
    ASSERT_TRUE(door && *door);
    const auto answer = ask_service(*config.socket, "/status");
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message(), HasSubstr("silent"));
}

} // namespace
} // namespace nodewall::agent
