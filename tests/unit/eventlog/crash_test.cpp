// Crashes at many instants: what was acknowledged is there afterwards, and the log is whole.
#include "failing_disk.hpp"
#include "fixture.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <random>
#include <sys/wait.h>

namespace nodewall::eventlog {

using testing::IsEmpty;

namespace {

/// The nth request of a story with everything in it: watches, lists, acts.
model::append_request chapter(int n) {
    const auto rv = std::to_string(n);
    const auto name = std::to_string(n % 5);
    if (n % 11 == 0)
        return relist(rv, {object("0", "u", rv), object("1", "u", rv, std::string(9000, 'b'))});
    if (n % 3 == 0)
        return watch({modified(name, "u", rv), deleted(name, "u", rv + "d"), bookmark(rv + "b")});
    return watch({modified(name, "u", rv),
                  {action::modified, object("big", "u", rv, std::string(3000, 'c'))}});
}

class Crash : public testing::Test {
protected:
    std::unique_ptr<log_writer> open(const std::string& vfs = {}) {
        return open_writer({.path = path_, .now = clock_.function(), .vfs = vfs, .create = true})
            .value();
    }

    scratch_folder folder_;
    told_clock clock_;
    std::string path_ = folder_ / "log.db";
};

/// Appends for ever, and writes each acknowledged seq to the pipe.
[[noreturn]] void write_until_killed(const std::string& path, int pipe_end) {
    told_clock clock;
    const auto log = open_new(path, clock);
    for (int n = 1;; ++n) {
        const auto seq = append(*log, chapter(n)).last_seq;
        if (::write(pipe_end, &seq, sizeof seq) != sizeof seq)
            _exit(1);
    }
}

} // namespace

TEST_F(Crash, AKilledWriterLosesNothingThatWasAcknowledged) {
    for (int round = 1; round <= 5; ++round) {
        int ends[2];
        ASSERT_EQ(pipe(ends), 0);
        const auto child = fork();
        if (child == 0)
            write_until_killed(path_, ends[1]);
        std::uint64_t acknowledged = 0;
        for (int i = 0; i < 7 * round; ++i)
            ASSERT_EQ(read(ends[0], &acknowledged, sizeof acknowledged), sizeof acknowledged);
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        close(ends[1]);
        for (std::uint64_t seq = 0; read(ends[0], &seq, sizeof seq) == sizeof seq;)
            acknowledged = seq;
        close(ends[0]);

        EXPECT_THAT(problems(path_), IsEmpty());
        EXPECT_GE(open_reader(path_).value()->tail()->seq, acknowledged);
    }
}

TEST_F(Crash, APowerCutAtAnyWriteLosesNothingThatWasAcknowledged) {
    std::mt19937_64 random(20261123);
    int chapters = 0;
    for (int round = 0; round < 40; ++round) {
        const auto seed = random();
        failing_disk disk(seed);
        std::uint64_t acknowledged = 0;
        {
            auto log = open(failing_disk::name());
            acknowledged = log->tail()->seq;
            disk.cut_power_at(1 + random() % 60);
            while (!disk.power_is_cut()) {
                const auto request = chapter(++chapters);
                const auto done = log->append({&request, 1});
                if (done)
                    acknowledged = done->at(0).last_seq;
            }
        }
        disk.settle();
        std::filesystem::remove(path_ + "-shm");
        ASSERT_THAT(problems(path_), IsEmpty()) << "seed " << seed;
        ASSERT_GE(open_reader(path_).value()->tail()->seq, acknowledged) << "seed " << seed;
    }
}

TEST_F(Crash, APowerCutWhileTheLogIsMadeLeavesOneThatCanBeMade) {
    for (std::uint64_t n = 1; n < 40; ++n) {
        failing_disk disk(n);
        path_ = folder_ / (std::to_string(n) + ".db");
        disk.cut_power_at(n);
        const auto failed = open_writer(
            {.path = path_, .now = clock_.function(), .vfs = failing_disk::name(), .create = true});
        const bool made = failed.has_value();
        disk.settle();
        if (made)
            break;
        std::filesystem::remove(path_ + "-shm");
        append(*open(), act("STARTED"));
        ASSERT_THAT(problems(path_), IsEmpty()) << n;
    }
}

TEST_F(Crash, AFullDiskRefusesAndTheLogGoesOnWhenThereIsRoom) {
    failing_disk disk(1);
    const auto log = open(failing_disk::name());
    append(*log, chapter(1));
    const auto before = lines(*log);
    disk.full = true;
    const std::vector<model::append_request> group{chapter(2), chapter(3), act("APPLIED")};
    const auto refused = log->append(group);
    ASSERT_TRUE(refused.has_error());
    EXPECT_TRUE(refused.error().is(errc::disk_full)) << refused.error().message();
    EXPECT_EQ(lines(*log), before);
    disk.full = false;
    ASSERT_TRUE(log->append(group));
    EXPECT_THAT(problems(path_), IsEmpty());
    EXPECT_EQ(lines(*log, {.until = before.size()}), before);
    EXPECT_GT(log->tail()->seq, before.size());
}

} // namespace nodewall::eventlog
