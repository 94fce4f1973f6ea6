// Each invariant broken once: verify names the place.
#include "fixture.hpp"

#include "eventlog/database.hpp"

#include <gmock/gmock.h>

#include <sqlite3.h>

#include <filesystem>

namespace nodewall::eventlog {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

class Verify : public testing::Test {
protected:
    Verify() {
        const auto log = open_new(path_, clock_);
        append(*log, watch({added("a", "u1", "5"), modified("a", "u1", "6")}));
        append(*log, list("9", {object("a", "u1", "6"), object("b", "u2", "7")}));
        append(*log, act("CONFIGURED"));
        append(*log, act("APPLIED"));
    }

    std::vector<std::string> problems_after(const std::string& sql) {
        sqlite3* db = nullptr;
        sqlite3_open(path_.c_str(), &db);
        EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(db);
        sqlite3_close(db);
        return problems(path_);
    }

    scratch_folder folder_;
    told_clock clock_;
    std::string path_ = folder_ / "log.db";
};

} // namespace

TEST_F(Verify, FindsNothingInAWholeLogAndCountsItsEvents) {
    std::uint64_t done = 0, total = 0;
    const auto report = verify(path_, [&](auto d, auto t) { done = d, total = t; }).value();
    EXPECT_THAT(report.problems, testing::IsEmpty());
    EXPECT_EQ(report.events, 7);
    EXPECT_EQ(done, 7);
    EXPECT_EQ(total, 7);
}

TEST_F(Verify, NamesAChangeInAnyColumn) {
    for (const auto* column :
         {"at = at + 1", "claimed_at = 1", "stream = 'x'", "type = 'x'", "origin = 'import'",
          "namespace = 'x'", "name = 'x'", "uid = 'x'", "resource_version = 'x'", "previous = 1",
          "body = 'x'", "digest = zeroblob(32)"}) {
        const auto restore = folder_ / "restore.db";
        ASSERT_TRUE(copy(path_, restore));
        EXPECT_THAT(problems_after(std::string("UPDATE event SET ") + column + " WHERE seq = 3"),
                    Contains("event 3: digest differs"))
            << column;
        std::filesystem::rename(restore, path_);
        std::filesystem::remove(path_ + "-wal");
        std::filesystem::remove(path_ + "-shm");
    }
}

TEST_F(Verify, NamesMissingEvents) {
    EXPECT_THAT(problems_after("DELETE FROM event WHERE seq IN (2, 3)"),
                Contains("events 2 to 3: missing"));
}

TEST_F(Verify, NamesAMissingGenesis) {
    EXPECT_THAT(problems_after("DELETE FROM event WHERE seq = 1"),
                Contains("events 1 to 1: missing"));
}

TEST_F(Verify, NamesHeadsThatAreNone) {
    EXPECT_THAT(problems_after("INSERT INTO object VALUES (2); DELETE FROM object WHERE seq = 4"),
                ElementsAre("object: event 2 is no live head",
                            "object: the live head of event 4 is missing"));
}

TEST_F(Verify, NamesCursorsThatNoEventSet) {
    EXPECT_THAT(
        problems_after("UPDATE cursor SET resource_version = '8'; "
                       "INSERT INTO cursor VALUES ('nodes', '1')"),
        ElementsAre("cursor pods: is '8', and should be '9'", "cursor nodes: no event sets it"));
}

TEST_F(Verify, NamesATailThatIsNotTheLastEvent) {
    EXPECT_THAT(problems_after("UPDATE tail SET digest = zeroblob(32)"),
                ElementsAre("tail: digest differs from that of event 7"));
}

TEST_F(Verify, NamesACutThatNobodyMade) {
    EXPECT_THAT(problems_after("INSERT INTO cut SELECT seq, digest FROM event WHERE seq = 3;"
                               "DELETE FROM event WHERE seq IN (2, 3)"),
                Contains("events 2 to 3: missing"));
    EXPECT_THAT(problems_after("UPDATE tail SET beginning = 4"),
                Contains("cut: 2 events below event 4 are gone, the event CUT says nothing"));
}

TEST_F(Verify, NamesARowThatHoldsNoDigest) {
    EXPECT_THAT(problems_after("UPDATE event SET digest = x'00' WHERE seq = 3"),
                Contains(HasSubstr("event 3: a digest has not 32 bytes")));
}

TEST_F(Verify, ListsAtMostAHundredProblems) {
    EXPECT_EQ(problems_after("WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n "
                             "LIMIT 500) INSERT INTO object SELECT i FROM n")
                  .size(),
              100);
}

TEST_F(Verify, RunsBesideAWriter) {
    const auto log = open_new(path_, clock_);
    append(*log, act("APPLIED"));
    EXPECT_THAT(problems(path_), testing::IsEmpty());
}

TEST_F(Verify, ReadsWhatIsAppendedMeanwhileAndHoldsNoOldSnapshot) {
    const auto log = open_new(path_, clock_);
    const auto append_acts = [&](std::size_t n) {
        const std::vector<model::append_request> acts(n, act("APPLIED"));
        ASSERT_TRUE(log->append(acts));
    };
    append_acts(25'000);
    int calls = 0;
    std::int64_t copied = 0, in_wal = 0;
    const auto report = verify(path_, [&](std::uint64_t, std::uint64_t) {
        // Each time the rows appended the last time must not be held back by this reader.
        database db(path_, database::access::write);
        statement checkpoint(db, "PRAGMA wal_checkpoint(PASSIVE)");
        auto rows = checkpoint.query();
        if (rows.next() && calls > 0) {
            in_wal += rows.integer(1);
            copied += rows.integer(2);
        }
        if (++calls <= 2)
            append_acts(1000);
    });
    ASSERT_TRUE(report);
    EXPECT_THAT(report->problems, testing::IsEmpty());
    EXPECT_GE(calls, 3);
    EXPECT_EQ(report->events, log->tail()->seq);
    EXPECT_GT(in_wal, 0);
    EXPECT_EQ(copied, in_wal);
}

TEST_F(Verify, BeginsAnewWhereTheSizeCapRemovesWhatItHasNotRead) {
    std::filesystem::remove(path_);
    const auto log =
        open_writer(
            {.path = path_, .now = clock_.function(), .create = true, .bytes_max = 24U << 20U})
            .value();
    int version = 0;
    const auto change = [&](int n) {
        const std::string content(800, 'c');
        for (int i = 0; i < n;) {
            model::watch_events group{"pods", {}};
            for (int j = 0; j < 250; ++j, ++i, ++version) {
                const auto name = std::to_string(version % 20);
                group.events.push_back(
                    {version % 7 == 0 ? action::deleted : action::modified,
                     object(name, "u" + name, std::to_string(version), content)});
            }
            const model::append_request request = group;
            ASSERT_TRUE(log->append({&request, 1}));
        }
    };
    change(13'000);
    ASSERT_EQ(log->beginning().value(), 1);
    int calls = 0;
    const auto report = verify(path_, [&](std::uint64_t, std::uint64_t) {
        if (++calls == 1)
            change(20'000);
    });
    EXPECT_GT(log->beginning().value(), 10'000);
    ASSERT_TRUE(report);
    EXPECT_THAT(report->problems, testing::IsEmpty());
    EXPECT_GT(calls, 1);
}

TEST(Copy, IsWholeAndForItsOwnerAlone) {
    scratch_folder folder;
    told_clock clock;
    const auto log = open_new(folder / "log.db", clock);
    append(*log, watch({added("a", "u1", "5")}));
    ASSERT_TRUE(copy(folder / "log.db", folder / "copy.db"));
    append(*log, act("APPLIED"));
    EXPECT_THAT(problems(folder / "copy.db"), testing::IsEmpty());
    EXPECT_EQ(lines(*open_reader(folder / "copy.db").value()).size(), 2);
    EXPECT_EQ(std::filesystem::status(folder / "copy.db").permissions(),
              std::filesystem::perms(0600));
    append(*open_new(folder / "copy.db", clock), watch({modified("a", "u1", "6")}));
}

TEST(Copy, RefusesToOverwrite) {
    scratch_folder folder;
    told_clock clock;
    open_new(folder / "log.db", clock);
    EXPECT_TRUE(copy(folder / "log.db", folder / "log.db").has_error());
    EXPECT_TRUE(copy(folder / "no.db", folder / "copy.db").error().is(errc::no_such_log));
    EXPECT_FALSE(std::filesystem::exists(folder / "copy.db"));
    EXPECT_THAT(problems(folder / "log.db"), testing::IsEmpty());
}

} // namespace nodewall::eventlog
