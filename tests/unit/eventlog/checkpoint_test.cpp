// Checkpoints: the heads are the same with one, without one, with a damaged one; none delays or
// endangers the log.
#include "failing_disk.hpp"
#include "fixture.hpp"

#include "eventlog/checkpoint.hpp"
#include "eventlog/head_frame.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace nodewall::eventlog {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

constexpr int many = 2 * static_cast<int>(limits::checkpoint_heads_least);

/// Changes of `count` pods from `first` on, as one watch.
model::append_request changes(int first, int count, action what, const std::string& version) {
    model::watch_events all{"pods", {}};
    for (int i = first; i < first + count; ++i) {
        const auto name = std::to_string(i);
        all.events.push_back({what, object(name, "u" + name, version + "-" + name)});
    }
    return all;
}

class Checkpoint : public testing::Test {
protected:
    std::unique_ptr<log_writer> open() { return open_new(path_, clock_); }

    /// Many pods and a checkpoint of them; after it some changed, some went, some came.
    void make() {
        auto log = open();
        append(*log, list("9", {}));
        append(*log, act("CONFIGURED"));
        append(*log, changes(0, many, action::added, "1"));
        ASSERT_TRUE(log->checkpoint());
        append(*log, changes(10, 10, action::modified, "2"));
        append(*log, changes(100, 10, action::deleted, "3"));
        append(*log, changes(many, 10, action::added, "4"));
    }

    template <class F> void with_database(F&& work) {
        database db(path_, database::access::write);
        transaction t(db, transaction::kind::write);
        work(db);
        t.commit();
    }
    void tamper(const std::string& sql) {
        with_database([&](database& db) { db.execute(sql.c_str()); });
    }
    std::int64_t ask(const char* sql) {
        return database(path_, database::access::read).integer(sql);
    }

    /// In the place of the checkpoint, sealed as the writer would.
    void forge(std::string frame) {
        with_database([&](database& db) {
            auto c = read_checkpoint(db).value();
            c.content = room_for_seal() + frame;
            store_checkpoint(db, std::move(c));
        });
    }

    std::vector<std::string> heads() { return live(*open_reader(path_).value()); }
    std::vector<std::string> heads_without() {
        const auto other = folder_ / "without.db";
        EXPECT_TRUE(copy(path_, other));
        database(other, database::access::write).execute("DELETE FROM checkpoint");
        auto all = live(*open_reader(other).value());
        for (const auto* suffix : {"", "-wal", "-shm"})
            std::filesystem::remove(other + suffix);
        return all;
    }
    /// The log serves as if there were no checkpoint.
    void expect_all_as_without() {
        const auto expected = heads_without();
        EXPECT_EQ(heads(), expected);
        const auto log = open();
        EXPECT_EQ(live(*log), expected);
        EXPECT_EQ(append(*log, changes(0, 10, action::added, "1")).added, 0) << "known heads";
        EXPECT_EQ(append(*log, changes(20, 2, action::modified, "5")).added, 2);
        EXPECT_EQ(lines(*log, {.after = log->tail()->seq - 1}).at(0),
                  std::to_string(log->tail()->seq) + " pods MODIFIED watch ns/21 u21 5-21 <25");
    }

    scratch_folder folder_;
    told_clock clock_;
    std::string path_ = folder_ / "log.db";
};

std::string frame_of(std::initializer_list<std::uint64_t> seqs) {
    head_frame_writer frame;
    for (const auto seq : seqs)
        frame.add({.seq = seq, .stream = "pods", .type = "ADDED", .origin = "watch", .body = "{}"},
                  {});
    return frame.finish();
}

} // namespace

TEST_F(Checkpoint, GivesTheHeadsThatTheRowsGive) {
    make();
    EXPECT_EQ(ask("SELECT count(*) FROM checkpoint"), 1);
    EXPECT_THAT(problems(path_), IsEmpty());
    expect_all_as_without();
    EXPECT_THAT(problems(path_), IsEmpty());
}

TEST_F(Checkpoint, IsWhatIsReadInsteadOfTheRows) {
    make();
    tamper("UPDATE event SET body = 'changed behind its back' WHERE seq = 4");
    std::string body;
    ASSERT_TRUE(open_reader(path_).value()->heads([&](const model::event& e) {
        if (e.seq == 4)
            body = e.body;
    }));
    EXPECT_EQ(body, object("0", "u0", "1-0").body);
    EXPECT_THAT(problems(path_), ElementsAre("event 4: digest differs",
                                             "checkpoint: event 4 differs from the log's"));
}

TEST_F(Checkpoint, ThatIsDamagedIsNotUsed) {
    for (const auto* damage :
         {"UPDATE checkpoint SET heads = CAST(substr(heads, 1, 100) || x'07' || substr(heads, 102) "
          "AS BLOB)",
          "UPDATE checkpoint SET heads = substr(heads, 1, length(heads) - 1)",
          "UPDATE checkpoint SET heads = x''", "UPDATE checkpoint SET digest = zeroblob(32)",
          "UPDATE checkpoint SET digest = x'00'", "UPDATE checkpoint SET seq = seq + 1",
          "UPDATE checkpoint SET seq = 1000000",
          "UPDATE checkpoint SET heads = zeroblob(17000000)"}) {
        SCOPED_TRACE(damage);
        std::filesystem::remove(path_);
        make();
        tamper(damage);
        EXPECT_THAT(problems(path_),
                    ElementsAre("checkpoint: damaged, or not of this log; it is not used"));
        expect_all_as_without();
        const auto log = open();
        append(*log, changes(0, many, action::modified, "6"));
        ASSERT_TRUE(log->checkpoint()) << "the next one takes its place";
        EXPECT_THAT(problems(path_), IsEmpty());
    }
}

TEST_F(Checkpoint, ThatLiesIsNamedByVerify) {
    make();
    head_frame_writer frame;
    with_database([&](database& db) {
        visit_heads(db, read_checkpoint(db), [&](const row& r, const sha256_digest& digest) {
            auto e = to_event(r, digest);
            if (e.seq == 5)
                e.body = "a lie";
            if (e.seq != 6 && e.seq <= read_checkpoint(db)->at.seq)
                frame.add(row_of(e), digest);
        });
    });
    forge(frame.finish());
    EXPECT_THAT(problems(path_), ElementsAre("checkpoint: event 5 differs from the log's",
                                             "checkpoint: the live head of event 6 is missing"));
    EXPECT_EQ(heads(), heads_without()) << "a row that it lacks comes from the table";
}

TEST_F(Checkpoint, ThatIsNoFrameOfRowsIsAnErrorForReadersAndReplacedByTheWriter) {
    const auto whole = frame_of({2, 3, 4, 5, 6});
    for (const auto& frame : {std::string("garbage"), std::string(), frame_of({2, 4, 4}),
                              frame_of({4, 2}), whole.substr(0, whole.size() / 2)}) {
        std::filesystem::remove(path_);
        make();
        forge(frame);
        const auto refused = open_reader(path_).value()->heads([](const model::event&) {});
        ASSERT_TRUE(refused.has_error());
        EXPECT_TRUE(refused.error().is(errc::damaged));
        EXPECT_THAT(refused.error().message(), HasSubstr("checkpoint: "));
        EXPECT_THAT(problems(path_), Contains(HasSubstr("checkpoint: ")));
        const auto log = open();
        EXPECT_EQ(append(*log, changes(0, 10, action::added, "1")).added, 0) << "known heads";
        ASSERT_TRUE(log->checkpoint());
        EXPECT_EQ(live(*log).size(), many + 2);
        EXPECT_THAT(problems(path_), IsEmpty());
    }
}

TEST_F(Checkpoint, ThatIsABombIsGivenUpAtItsBound) {
    make();
    head_frame_writer bomb;
    const std::string body(limits::frame_bytes_max, 'x');
    for (std::uint64_t seq = 2; seq * body.size() < 2 * limits::checkpoint_content_bytes_max; ++seq)
        bomb.add({.seq = seq, .stream = "pods", .type = "ADDED", .origin = "watch", .body = body},
                 {});
    auto frame = bomb.finish();
    ASSERT_LT(frame.size(), 1U << 20U);
    forge(std::move(frame));
    const auto refused = open_reader(path_).value()->heads([](const model::event&) {});
    ASSERT_TRUE(refused.has_error());
    EXPECT_THAT(refused.error().message(), HasSubstr("checkpoint: it holds too much"));
    EXPECT_EQ(append(*open(), changes(0, 10, action::added, "1")).added, 0);
}

TEST_F(Checkpoint, IsWrittenOnlyWhereAStartGainsByIt) {
    auto log = open();
    append(*log, changes(0, many / 2 - 1, action::added, "1"));
    ASSERT_TRUE(log->checkpoint());
    EXPECT_EQ(ask("SELECT count(*) FROM checkpoint"), 0) << "few heads";
    append(*log, changes(0, many, action::modified, "2"));
    EXPECT_FALSE(log->work_on_checkpoint().value()) << "few rows came";
    ASSERT_TRUE(log->checkpoint());
    const auto first = ask("SELECT seq FROM checkpoint");
    append(*log, changes(0, 10, action::modified, "3"));
    ASSERT_TRUE(log->checkpoint());
    EXPECT_EQ(ask("SELECT seq FROM checkpoint"), first) << "few heads are newer";
    log.reset();
    ASSERT_TRUE(open()->checkpoint());
    EXPECT_EQ(ask("SELECT seq FROM checkpoint"), first) << "and the next writer knows it";
}

TEST_F(Checkpoint, IsMadeInStepsBetweenAppends) {
    const auto log = open();
    const auto step = static_cast<int>(limits::checkpoint_step_rows);
    append(*log, changes(0, 4 * step, action::added, "0"));
    for (std::uint64_t i = 0; i < limits::checkpoint_rows; i += 1000)
        append(*log, model::watch_events{"services",
                                         std::vector(1000, event(action::error, {.body = "{}"}))});
    const auto begun = static_cast<std::int64_t>(log->tail()->seq);
    int steps = 0;
    while (log->work_on_checkpoint().value()) {
        append(*log, changes(steps * step, 5, action::modified, "7")); // before and behind the step
        append(*log, changes(4 * step - 10 - steps, 1, action::deleted, "8"));
        ASSERT_LT(++steps, 10);
    }
    EXPECT_EQ(steps, 3) << "the fourth reads the rest and stores";
    EXPECT_EQ(ask("SELECT seq FROM checkpoint"), begun);
    EXPECT_THAT(problems(path_), IsEmpty());
    const auto with = live(*log);
    tamper("DELETE FROM checkpoint");
    EXPECT_EQ(live(*log), with);
}

TEST_F(Checkpoint, GoesWithTheRowsThatTheSizeCapRemoves) {
    const auto cap = 40U << 20U;
    const auto capped = [&] {
        return open_writer(
                   {.path = path_, .now = clock_.function(), .create = true, .bytes_max = cap})
            .value();
    };
    auto log = capped();
    append(*log, changes(0, many, action::added, "1"));
    ASSERT_TRUE(log->checkpoint());
    const std::string content(8000, 'c');
    for (int i = 0; i < 6000; i += 50) {
        model::watch_events group{"nodes", {}};
        for (int j = 0; j < 50; ++j)
            group.events.push_back(
                {action::modified, object("n", "u", std::to_string(i + j), content)});
        append(*log, group);
    }
    ASSERT_GT(log->beginning().value(), many);
    EXPECT_EQ(ask("SELECT count(*) FROM checkpoint"), 0);
    EXPECT_EQ(live(*log).size(), many + 2) << "the node and CUT too";
    log.reset();
    log = capped();
    append(*log, changes(0, many, action::modified, "2"));
    ASSERT_TRUE(log->checkpoint());
    EXPECT_EQ(ask("SELECT count(*) FROM checkpoint"), 1);
    EXPECT_THAT(problems(path_), IsEmpty());
}

TEST_F(Checkpoint, GoesWhereTheHeadsAloneNeedItsRoom) {
    append(*open(), act("STARTED"));
    const auto tail = open_reader(path_).value()->tail().value();
    with_database([&](database& db) {
        store_checkpoint(db, {tail, std::string(limits::checkpoint_bytes_max, '\0')});
    });
    const auto log =
        open_writer({.path = path_, .now = clock_.function(), .bytes_max = 20U << 20U}).value();
    append(*log, act("APPLIED"));
    EXPECT_EQ(ask("SELECT count(*) FROM checkpoint"), 0);
    EXPECT_EQ(log->beginning().value(), 1);
    EXPECT_THAT(problems(path_), IsEmpty());
}

TEST_F(Checkpoint, OnAFullDiskLeavesTheLogAsItWas) {
    failing_disk disk(1);
    const auto log =
        open_writer(
            {.path = path_, .now = clock_.function(), .vfs = failing_disk::name(), .create = true})
            .value();
    append(*log, changes(0, many, action::added, "1"));
    const auto before = live(*log);
    disk.full = true;
    const auto refused = log->checkpoint();
    ASSERT_TRUE(refused.has_error());
    EXPECT_TRUE(refused.error().is(errc::disk_full)) << refused.error().message();
    EXPECT_EQ(live(*log), before);
    disk.full = false;
    append(*log, changes(0, many, action::modified, "2"));
    ASSERT_TRUE(log->checkpoint());
    EXPECT_EQ(ask("SELECT count(*) FROM checkpoint"), 1);
    EXPECT_THAT(problems(path_), IsEmpty());
}

TEST_F(Checkpoint, APowerCutWhileItIsWrittenLeavesTheOneBeforeOrNone) {
    for (std::uint64_t n = 1; n < 30; ++n) {
        failing_disk disk(n);
        path_ = folder_ / (std::to_string(n) + ".db");
        {
            const auto log = open_writer({.path = path_,
                                          .now = clock_.function(),
                                          .vfs = failing_disk::name(),
                                          .create = true})
                                 .value();
            append(*log, changes(0, many, action::added, "1"));
            disk.cut_power_at(n);
            (void)log->checkpoint();
        }
        disk.settle();
        std::filesystem::remove(path_ + "-shm");
        ASSERT_THAT(problems(path_), IsEmpty()) << n;
        EXPECT_EQ(heads().size(), many) << n;
    }
}

TEST_F(Checkpoint, IsCopiedWithTheLog) {
    make();
    ASSERT_TRUE(copy(path_, folder_ / "copy.db"));
    path_ = folder_ / "copy.db";
    EXPECT_EQ(ask("SELECT count(*) FROM checkpoint"), 1);
    expect_all_as_without();
    EXPECT_THAT(problems(path_), IsEmpty());
}

} // namespace nodewall::eventlog
