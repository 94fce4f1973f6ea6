#include "agent/process/watchdog.hpp"

#include "agent/process/notify.hpp"
#include "unit/async/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

namespace nodewall::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Watchdog : public testing::Test {
protected:
    Watchdog() { pass(0s); }
    ~Watchdog() override {
        feeding.cancel();
        pass(0s);
    }
    void pass(async::nanoseconds time) { w.time.run_for(w.context, time); }
    std::size_t fed_within(async::nanoseconds time) {
        const auto before = fed;
        pass(time);
        return fed - before;
    }

    async::world w;
    meters measured{w.time};
    std::size_t fed = 0;
    async::running feeding{w, feed_watchdog(measured, w.time, 30s, [this] { ++fed; })};
};

TEST_F(Watchdog, AnIdleServiceFeedsItThriceInEachInterval) {
    EXPECT_EQ(fed, 1U);
    EXPECT_EQ(fed_within(300s), 30U);
    EXPECT_THAT(stuck_stages(measured), IsEmpty());
}

TEST_F(Watchdog, AStageThatGoesOnToNewWorkIsNotStuckHoweverLongItIsBusy) {
    for (int commit = 0; commit < 10; ++commit) {
        measured.log_work.begin();
        EXPECT_EQ(fed_within(50s), 5U);
    }
    measured.log_work.end();
}

TEST_F(Watchdog, AStageThatIsBusyForTooLongEndsTheFeedingUntilItGoesOn) {
    for (auto* stage : {&measured.log_work, &measured.compile_work, &measured.kernel_work}) {
        pass(5s); // between two feedings
        stage->begin();
        EXPECT_EQ(fed_within(60s), 6U);
        EXPECT_EQ(fed_within(300s), 0U);
        stage->end();
        EXPECT_GT(fed_within(30s), 0U);
        pass(5s);
    }
}

TEST_F(Watchdog, TheStuckStageIsNamed) {
    measured.kernel_work.begin();
    pass(75s);
    EXPECT_THAT(stuck_stages(measured), ElementsAre(HasSubstr("kernel stage")));
    EXPECT_THAT(stuck_stages(measured), ElementsAre(HasSubstr("75 s")));
}

TEST_F(Watchdog, ItIsFedOverTheSocketOfTheServiceManager) {
    if (!watchdog_interval()) {
        setenv("WATCHDOG_USEC", "30000000", 1);
        setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
        if (!watchdog_interval())
            GTEST_SKIP() << "built without libsystemd";
    }
    EXPECT_EQ(watchdog_interval(), std::chrono::seconds(30));
    const auto path = testing::TempDir() + "notify-" + std::to_string(getpid());
    const int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    ASSERT_EQ(bind(manager, reinterpret_cast<sockaddr*>(&address), sizeof address), 0) << path;
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
    notify_watchdog();
    notify_reloading(1234567us);
    std::array<char, 200> heard{};
    EXPECT_GT(recv(manager, heard.data(), heard.size() - 1, 0), 0);
    EXPECT_STREQ(heard.data(), "WATCHDOG=1");
    heard = {};
    EXPECT_GT(recv(manager, heard.data(), heard.size() - 1, 0), 0);
    EXPECT_STREQ(heard.data(), "RELOADING=1\nMONOTONIC_USEC=1234567");
    close(manager);
    std::filesystem::remove(path);
    for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
        unsetenv(name);
}

} // namespace
} // namespace nodewall::agent
