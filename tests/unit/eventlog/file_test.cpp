// The log as a file: made, opened, refused, locked.
#include "fixture.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace nodewall::eventlog {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

class LogFile : public testing::Test {
protected:
    /// Runs SQL on the file with SQLite itself, as somebody with a shell would.
    void tamper(const std::string& sql) {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
        ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(db);
        sqlite3_close(db);
    }
    void make_log() { append(*open_new(path_, clock_), watch({added("a", "u1", "5")})); }

    error writing(bool create = false) {
        const auto log = open_writer({.path = path_, .now = clock_.function(), .create = create});
        return log ? error(errc::io, "opened") : log.error();
    }
    error reading() {
        const auto log = open_reader(path_);
        return log ? error(errc::io, "opened") : log.error();
    }

    scratch_folder folder_;
    told_clock clock_;
    std::string path_ = folder_ / "log.db";
};

constexpr int skipped = 77;

unsigned mode_of(const std::string& path) {
    struct stat info {};
    EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777;
}

} // namespace

TEST_F(LogFile, IsForItsOwnerAlone) {
    path_ = folder_ / "new/log.db";
    const auto log = open_new(path_, clock_);
    append(*log, act("APPLIED"));
    EXPECT_EQ(mode_of(folder_ / "new"), 0700);
    for (const auto* suffix : {"", "-wal", "-shm", ".lock"})
        EXPECT_EQ(mode_of(path_ + suffix), 0600) << suffix;
}

TEST_F(LogFile, IsMadeOnlyWhenAsked) {
    EXPECT_TRUE(writing().is(errc::no_such_log));
    EXPECT_TRUE(reading().is(errc::no_such_log));
    EXPECT_FALSE(std::filesystem::exists(path_));
    EXPECT_FALSE(std::filesystem::exists(path_ + ".lock"));
}

TEST_F(LogFile, HasTheFormatThatTheSchemaSays) {
    make_log();
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    const auto ask = [&](const char* pragma) {
        std::string answer;
        sqlite3_exec(
            db, pragma,
            [](void* to, int, char** columns, char**) {
                *static_cast<std::string*>(to) = columns[0];
                return 0;
            },
            &answer, nullptr);
        return answer;
    };
    EXPECT_EQ(ask("PRAGMA page_size"), "8192");
    EXPECT_EQ(ask("PRAGMA auto_vacuum"), "2");
    EXPECT_EQ(ask("PRAGMA journal_mode"), "wal");
    EXPECT_EQ(ask("PRAGMA application_id"), "1853317484"); // "nwal"
    EXPECT_EQ(ask("PRAGMA user_version"), "65537");        // 1.1
    EXPECT_EQ(ask("SELECT group_concat(name) FROM migration"), "0001_log,0002_checkpoint");
    sqlite3_close(db);
}

TEST_F(LogFile, GoesOnWhereItStopped) {
    make_log();
    const auto tail = open_reader(path_).value()->tail().value();
    const auto log = open_new(path_, clock_);
    EXPECT_EQ(log->tail()->digest, tail.digest);
    EXPECT_EQ(log->cursor("pods").value(), "5");
    EXPECT_EQ(append(*log, watch({added("a", "u1", "5")})).added, 0);
    append(*log, watch({modified("a", "u1", "6")}));
    EXPECT_THAT(lines(*log, {.after = 2}), ElementsAre("3 pods MODIFIED watch ns/a u1 6 <2"));
    EXPECT_THAT(problems(path_), IsEmpty());
}

TEST_F(LogFile, RemembersRecentEventsAndTheClockAcrossARestart) {
    append(*open_new(path_, clock_), watch({added("a", "u1", "5"), deleted("a", "u1", "6")}));
    clock_.now -= 1000;
    const auto log = open_new(path_, clock_);
    EXPECT_EQ(append(*log, watch({added("a", "u1", "5"), deleted("a", "u1", "6")})).added, 0);
    append(*log, act("APPLIED"));
    EXPECT_THAT(lines(*log, {.after = 3}),
                ElementsAre("4 nodewall CLOCK agent", "5 nodewall APPLIED agent"));
}

TEST_F(LogFile, HasOneWriter) {
    const auto log = open_new(path_, clock_);
    EXPECT_TRUE(writing().is(errc::locked));
    EXPECT_THAT(writing().message(), HasSubstr("process " + std::to_string(getpid())));
    std::filesystem::create_symlink(path_, folder_ / "other.db");
    path_ = folder_ / "other.db";
    EXPECT_TRUE(writing().is(errc::locked)) << "by another name it is the same log";
}

TEST_F(LogFile, IsReadBesideItsWriter) {
    const auto log = open_new(path_, clock_);
    const auto reader = open_reader(path_).value();
    EXPECT_EQ(lines(*reader).size(), 1);
    append(*log, act("APPLIED"));
    EXPECT_EQ(lines(*reader).size(), 2);
}

TEST_F(LogFile, IsReadOnMediaThatCannotBeWritten) {
    const auto child = fork();
    if (child == 0) {
        // A mount of our own, which goes with this process.
        const auto folder = folder_ / "medium";
        mkdir(folder.c_str(), 0700);
        if (unshare(CLONE_NEWNS) != 0 ||
            mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) ||
            mount("none", folder.c_str(), "tmpfs", 0, nullptr) != 0)
            _exit(skipped);
        path_ = folder + "/a b%20?#.db";
        make_log();
        std::filesystem::copy(path_, folder + "/hot.db");
        std::ofstream(folder + "/hot.db-wal") << "frames";
        if (mount("none", folder.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0)
            _exit(skipped);
        bool good = lines(*open_reader(path_).value()).size() == 2 && problems(path_).empty() &&
                    writing().is(errc::read_only);
        path_ = folder + "/hot.db";
        good = good && reading().is(errc::read_only) &&
               reading().message().find("copy both") != std::string::npos;
        _exit(good ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WEXITSTATUS(status) == skipped)
        GTEST_SKIP() << "needs the right to mount";
    EXPECT_EQ(status, 0);
}

TEST_F(LogFile, IsBegunWhereACrashLeftItEmpty) {
    std::ofstream(path_).close();
    EXPECT_TRUE(writing().is(errc::not_a_log));
    EXPECT_TRUE(reading().is(errc::not_a_log));
    EXPECT_EQ(lines(*open_new(path_, clock_)).size(), 1);
}

TEST_F(LogFile, IsNotWhatIsNoSqliteFile) {
    std::ofstream(path_) << std::string(10000, 'x');
    EXPECT_TRUE(writing(true).is(errc::not_a_log)) << writing(true).message();
    EXPECT_TRUE(reading().is(errc::not_a_log));
    EXPECT_TRUE(verify(path_, {}).error().is(errc::not_a_log));
}

TEST_F(LogFile, IsNotAnotherProgramsDatabase) {
    tamper("CREATE TABLE event (seq INTEGER PRIMARY KEY)");
    EXPECT_TRUE(writing(true).is(errc::not_a_log));
    EXPECT_TRUE(reading().is(errc::not_a_log));
}

TEST_F(LogFile, OfANewerMajorVersionIsRefusedWithTheWayOut) {
    make_log();
    tamper("PRAGMA user_version=131072");
    EXPECT_TRUE(writing().is(errc::newer));
    EXPECT_TRUE(reading().is(errc::newer));
    EXPECT_THAT(reading().message(), HasSubstr("format 2.0, this program writes 1.1"));
}

TEST_F(LogFile, OfANewerMinorVersionOpens) {
    make_log();
    tamper("CREATE TABLE seal (seq INTEGER PRIMARY KEY) STRICT; PRAGMA user_version=65538");
    EXPECT_EQ(lines(*open_reader(path_).value()).size(), 2);
    append(*open_new(path_, clock_), act("APPLIED"));
    EXPECT_THAT(problems(path_), IsEmpty());
}

TEST_F(LogFile, WithAForeignSchemaIsRefused) {
    for (const auto* sql : {"CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM event; END",
                            "CREATE TABLE more (a)", "CREATE VIEW v AS SELECT 1",
                            "DROP TABLE object; CREATE VIEW object AS SELECT seq FROM event",
                            "DROP TABLE checkpoint; CREATE VIEW checkpoint AS "
                            "SELECT seq, digest, zeroblob(1000000000) AS heads FROM event",
                            "DROP INDEX event_at", "ALTER TABLE cursor ADD COLUMN more TEXT",
                            "ALTER TABLE event ADD COLUMN more TEXT",
                            "ALTER TABLE checkpoint ADD COLUMN more TEXT"}) {
        path_ = folder_ / (std::to_string(std::hash<std::string_view>{}(sql)) + ".db");
        make_log();
        tamper(sql);
        EXPECT_TRUE(writing().is(errc::not_a_log)) << sql;
        EXPECT_TRUE(reading().is(errc::not_a_log)) << sql;
    }
}

TEST_F(LogFile, WithViewsAndTriggersIsRefusedWhateverItsMinorVersion) {
    make_log();
    tamper("CREATE VIEW v AS SELECT 1; PRAGMA user_version=65538");
    EXPECT_TRUE(reading().is(errc::not_a_log));
}

TEST_F(LogFile, ThatWasAnalyzedIsStillALog) {
    make_log();
    tamper("ANALYZE");
    EXPECT_EQ(lines(*open_reader(path_).value()).size(), 2);
}

TEST_F(LogFile, WhoseTailWasCutIsDamaged) {
    make_log();
    tamper("DELETE FROM object; DELETE FROM event WHERE seq = 2");
    EXPECT_TRUE(writing().is(errc::damaged));
    EXPECT_TRUE(reading().is(errc::damaged));
    EXPECT_THAT(problems(path_), testing::Contains("tail: names event 2, the last one is 1"));
}

TEST_F(LogFile, WhoseLastRowWasChangedIsDamaged) {
    make_log();
    tamper("UPDATE event SET body = 'other' WHERE seq = 2");
    EXPECT_TRUE(writing().is(errc::damaged));
    EXPECT_TRUE(reading().is(errc::damaged));
}

TEST_F(LogFile, WithABodyBeyondItsBoundIsDamaged) {
    append(*open_new(path_, clock_),
           watch({added("a", "u1", "5"), added("b", "u2", "6"), added("c", "u3", "7")}));
    tamper("UPDATE event SET body = CAST(zeroblob(40000000) AS TEXT) WHERE seq = 2");
    const auto refused = open_reader(path_).value()->heads([](const model::event&) {});
    ASSERT_TRUE(refused.has_error());
    EXPECT_TRUE(refused.error().is(errc::damaged));
    EXPECT_THAT(refused.error().message(), HasSubstr("too big"));
    EXPECT_TRUE(writing().is(errc::damaged));
    EXPECT_THAT(problems(path_), ElementsAre(HasSubstr("after event 1: ")));
}

TEST_F(LogFile, WhoseFolderVanishesRefusesUntilItIsBack) {
    path_ = folder_ / "here/log.db";
    const auto log = open_new(path_, clock_);
    append(*log, watch({added("a", "u1", "5")}));
    std::filesystem::rename(folder_ / "here", folder_ / "away");
    for (int i = 0; i < 3; ++i) {
        const auto request = watch({modified("a", "u1", "6")});
        const auto refused = log->append({&request, 1});
        ASSERT_TRUE(refused.has_error());
        EXPECT_TRUE(refused.error().is(errc::io));
        EXPECT_THAT(refused.error().message(), HasSubstr(path_ + ": the file is gone"));
        EXPECT_TRUE(log->checkpoint().has_error());
    }
    std::filesystem::create_directory(folder_ / "here");
    std::filesystem::copy(folder_ / "away/log.db", path_);
    const auto request = act("APPLIED");
    EXPECT_THAT(log->append({&request, 1}).error().message(), HasSubstr("another file"));
    std::filesystem::remove_all(folder_ / "here");
    std::filesystem::rename(folder_ / "away", folder_ / "here");
    append(*log, watch({modified("a", "u1", "6")}));
    EXPECT_THAT(lines(*log, {.after = 2}), ElementsAre("3 pods MODIFIED watch ns/a u1 6 <2"));
    EXPECT_THAT(problems(path_), IsEmpty());
}

TEST_F(LogFile, WhosePagesAreGarbageIsDamaged) {
    make_log();
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8192);
    file << std::string(30000, '\xff');
    file.close();
    EXPECT_TRUE(reading().is(errc::damaged) || reading().is(errc::not_a_log))
        << reading().message();
}

} // namespace nodewall::eventlog
